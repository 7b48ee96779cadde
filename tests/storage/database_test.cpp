#include "storage/database.hpp"

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

constexpr std::uint64_t kQuota = 16 * 1024 * 1024;

template <typename T>
bool failed_with(const Result<T>& result, ErrorCode code) {
  return !result.ok() && result.error().code == code;
}

}  // namespace

TEST_GROUP(Database) {
  TemporaryFolder folder;
  std::string path = folder.path_of("test.db");

  Connection create() {
    Result<Connection> connection = open_for_writing(path, kQuota);
    CHECK_TRUE(connection.ok());
    return std::move(*connection);
  }
  std::int64_t setting(Connection & connection, const char* pragma) {
    return connection.integer(std::string("PRAGMA ") + pragma)->value_or(-1);
  }
};

TEST(Database, is_laid_out_for_little_wear_and_sure_commits) {
  Connection connection = create();
  CHECK_TRUE(setting(connection, "page_size") == 1024);
  CHECK_TRUE(setting(connection, "synchronous") == 2);
  CHECK_TRUE(setting(connection, "auto_vacuum") == 2);
  CHECK_TRUE(setting(connection, "foreign_keys") == 1);
  CHECK_TRUE(setting(connection, "trusted_schema") == 0);
  CHECK_TRUE(setting(connection, "mmap_size") == 0);
}

TEST(Database, opens_what_it_created) {
  { const Connection connection = create(); }
  CHECK_TRUE(open_for_writing(path, kQuota).ok());
  CHECK_TRUE(open_for_reading(path).ok());
}

TEST(Database, begins_again_where_a_start_was_cut_off) {
  folder.write("test.db", "");
  CHECK_TRUE(open_for_writing(path, kQuota).ok());
}

TEST(Database, a_file_of_something_else_is_corrupt) {
  folder.write("test.db", std::string(10'000, '#'));
  CHECK_TRUE(failed_with(open_for_writing(path, kQuota), ErrorCode::kCorrupt));
  CHECK_TRUE(failed_with(open_for_reading(path), ErrorCode::kCorrupt));
}

TEST(Database, another_programs_database_is_corrupt_and_left_alone) {
  {
    Result<Connection> other = Connection::open(path, Access::kWrite);
    CHECK_TRUE(other.ok() && other->execute("CREATE TABLE mine (x)").ok());
  }
  CHECK_TRUE(failed_with(open_for_writing(path, kQuota), ErrorCode::kCorrupt));
  Result<Connection> other = Connection::open(path, Access::kWrite);
  CHECK_TRUE(other->integer("SELECT count(*) FROM mine")->value_or(-1) == 0);
}

TEST(Database, the_wal_stays_small) {
  Connection connection = create();
  for (int i = 0; i < 3'000; ++i) {
    CHECK_TRUE(connection.run("UPDATE past SET delivered = delivered + 1").ok());
  }
  CHECK_TRUE(std::filesystem::file_size(path + "-wal") <= kWalBytesMax);
}

TEST(Database, counts_pages_in_use_and_the_wal) {
  Connection connection = create();
  const std::uint64_t before = *bytes_in_use(connection);
  CHECK_TRUE(connection
                 .run("INSERT INTO run VALUES (1, zeroblob(16), printf('%.*c', 100000, 'x'),"
                      " 0, 0, 0, 0)")
                 .ok());
  const std::uint64_t full = *bytes_in_use(connection);
  CHECK_TRUE(full >= before + 100'000);
  CHECK_TRUE(connection.run("DELETE FROM run").ok());
  CHECK_TRUE(connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").ok());
  CHECK_TRUE(*bytes_in_use(connection) < full - 100'000);
}

TEST(Database, is_full_at_its_quota_and_a_reserve) {
  Connection connection = create();
  CHECK_TRUE(connection.execute("INSERT INTO run VALUES (1, zeroblob(16), '', 0, 0, 0, 0)").ok());
  Result<> done = Ok{};
  int megabytes = 0;
  while (done.ok() && megabytes < 100) {
    done = connection.run(
        "INSERT INTO frame (run, count, last_ns, bytes) VALUES (1, 1, 1, zeroblob(1048576))");
    ++megabytes;
  }
  CHECK_TRUE(failed_with(done, ErrorCode::kFull));
  CHECK_TRUE(megabytes == 17);
}
