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
  CHECK_TRUE(std::filesystem::file_size(path + "-wal") <= 2 * kCheckpointBytes);
}

TEST(Database, counts_pages_in_use_and_the_wal) {
  Connection connection = create();
  const Usage before = *usage_of(connection);
  CHECK_TRUE(connection
                 .run("INSERT INTO run VALUES (1, zeroblob(16), printf('%.*c', 100000, 'x'),"
                      " 0, 0, 0, 0, NULL, NULL)")
                 .ok());
  const Usage full = *usage_of(connection);
  CHECK_TRUE(full.used >= before.used + 100'000);
  CHECK_TRUE(full.log >= 100'000);
  CHECK_TRUE(connection.run("DELETE FROM run").ok());
  CHECK_TRUE(empty_log(connection).ok());
  const Usage after = *usage_of(connection);
  CHECK_TRUE(after.used < full.used - 100'000);
  CHECK_TRUE(after.pages >= after.used + 100'000);
  CHECK_TRUE(after.file == std::filesystem::file_size(path));
  CHECK_TRUE(after.log == 0);
}

TEST(Database, cannot_empty_its_log_under_a_reader) {
  Connection connection = create();
  Result<Connection> reader = open_for_reading(path);
  CHECK_TRUE(reader->run("BEGIN").ok() && reader->integer("SELECT count(*) FROM run").ok());
  CHECK_TRUE(connection.run("UPDATE past SET delivered = 1").ok());
  CHECK_TRUE(failed_with(empty_log(connection), ErrorCode::kTimeout));
  CHECK_TRUE(reader->run("ROLLBACK").ok());
  CHECK_TRUE(empty_log(connection).ok());
}

TEST(Database, is_full_at_its_limit) {
  Connection connection = create();
  CHECK_TRUE(
      connection.execute("INSERT INTO run VALUES (1, zeroblob(16), '', 0, 0, 0, 0, NULL, NULL)")
          .ok());
  Result<> done = Ok{};
  int megabytes = 0;
  while (done.ok() && megabytes < 100) {
    done = connection.run(
        "INSERT INTO frame (run, count, last_ns, bytes) VALUES (1, 1, 1, zeroblob(1048576))");
    ++megabytes;
  }
  CHECK_TRUE(failed_with(done, ErrorCode::kFull));
  CHECK_TRUE(megabytes == 16);
}
