#include "tests/storage/faulty_vfs.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>

#include "storage/sqlite.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(FaultyVfs) {
  TemporaryFolder folder;
  std::string path = folder.path_of("test.db");
  std::optional<FaultyVfs> disk;
  std::optional<Connection> connection;

  void setup() override {
    disk.emplace(folder.path());
    open();
    CHECK_TRUE(connection
                   ->execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;"
                             "CREATE TABLE t (x)")
                   .ok());
    // SQLite leaves it to the application to make the name of a database last.
    sync_folder();
  }
  void open() {
    Result<Connection> opened = Connection::open(path, Access::kWrite);
    CHECK_TRUE(opened.ok());
    connection.emplace(std::move(*opened));
  }
  void sync_folder() {
    const int descriptor = ::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK_TRUE(::fsync(descriptor) == 0);
    ::close(descriptor);
  }
  Result<> insert() {
    return connection->run("INSERT INTO t VALUES (1)");
  }
  std::int64_t rows() {
    return connection->integer("SELECT count(*) FROM t")->value_or(-1);
  }
  void restart() {
    connection.reset();
    disk->restart();
    open();
  }
  ErrorCode failed(const Result<>& result) {
    CHECK_FALSE(result.ok());
    return result.error().code;
  }
};

TEST(FaultyVfs, without_faults_changes_nothing) {
  CHECK_TRUE(insert().ok());
  connection.reset();
  open();
  CHECK_TRUE(rows() == 1);
}

TEST(FaultyVfs, leaves_files_elsewhere_alone) {
  const TemporaryFolder other;
  disk->cut({1});
  Result<Connection> elsewhere = Connection::open(other.path_of("test.db"), Access::kWrite);
  CHECK_TRUE(elsewhere.ok() && elsewhere->execute("CREATE TABLE t (x)").ok());
  CHECK_FALSE(disk->is_off());
}

TEST(FaultyVfs, a_commit_outlives_the_power_cut_after_it) {
  CHECK_TRUE(insert().ok());
  disk->cut({1});
  CHECK_FALSE(insert().ok());
  CHECK_TRUE(disk->is_off());
  restart();
  CHECK_TRUE(rows() == 1);
}

TEST(FaultyVfs, what_is_not_synced_is_lost) {
  CHECK_TRUE(connection->execute("PRAGMA synchronous = OFF").ok());
  CHECK_TRUE(insert().ok());
  disk->cut({1});
  CHECK_FALSE(insert().ok());
  restart();
  CHECK_TRUE(rows() == 0);
}

TEST(FaultyVfs, a_new_database_without_a_synced_folder_is_gone) {
  path = folder.path_of("second.db");
  open();
  // A journal on the disk would have the folder synced when it is deleted.
  CHECK_TRUE(connection->execute("PRAGMA journal_mode = MEMORY; CREATE TABLE t (x)").ok());
  disk->cut({1});
  CHECK_FALSE(insert().ok());
  connection.reset();
  disk->restart();
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST(FaultyVfs, when_power_is_cut_nothing_works) {
  disk->cut({1});
  CHECK_FALSE(insert().ok());
  CHECK_FALSE(insert().ok());
  CHECK_FALSE(connection->integer("SELECT count(*) FROM t").ok());
  CHECK_FALSE(Connection::open(path, Access::kRead).ok());
  const int descriptor = ::open(folder.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  CHECK_TRUE(::fsync(descriptor) == -1);
  ::close(descriptor);
}

TEST(FaultyVfs, a_sync_may_lie) {
  CHECK_TRUE(insert().ok());
  disk->cut({.at = 40, .lies = 20});
  int committed = 1;
  while (insert().ok()) ++committed;
  restart();
  CHECK_TRUE(rows() > 1 && rows() < committed - 2);
}

TEST(FaultyVfs, tells_what_a_cut_would_leave_and_goes_on) {
  const Files before = disk->left_by_cut(Remains::kNothing, 1);
  CHECK_TRUE(insert().ok());
  CHECK_TRUE(disk->left_by_cut(Remains::kNothing, 1) != before);
  CHECK_TRUE(insert().ok());
  CHECK_TRUE(rows() == 2);
}

TEST(FaultyVfs, cuts_at_the_operation_it_was_told) {
  disk->cut({5});
  while (insert().ok()) {
  }
  CHECK_TRUE(disk->changes() == 5);
}

TEST(FaultyVfs, counts_syncs_and_bytes) {
  const std::uint64_t syncs = disk->syncs();
  const std::uint64_t bytes = disk->bytes_written();
  CHECK_TRUE(insert().ok());
  CHECK_TRUE(disk->syncs() == syncs + 1);
  CHECK_TRUE(disk->bytes_written() > bytes + 4'096);
}

TEST(FaultyVfs, a_write_fails) {
  disk->fail({Operation::kWrite, 2});
  CHECK_TRUE(failed(insert()) == ErrorCode::kUnavailable);
  CHECK_TRUE(insert().ok());
  CHECK_TRUE(rows() == 1);
  CHECK_TRUE(disk->failures() == 1);
}

TEST(FaultyVfs, a_full_disk_stays_full) {
  disk->fail({Operation::kWrite, 1, kForEver, true});
  CHECK_TRUE(failed(insert()) == ErrorCode::kFull);
  CHECK_TRUE(failed(insert()) == ErrorCode::kFull);
  disk->work();
  CHECK_TRUE(insert().ok());
}

TEST(FaultyVfs, a_sync_fails_and_who_tries_again_is_seen) {
  disk->fail({Operation::kSync});
  CHECK_TRUE(failed(insert()) == ErrorCode::kUnavailable);
  CHECK_TRUE(disk->retried_syncs() == 0);
  CHECK_TRUE(insert().ok());
  CHECK_TRUE(disk->retried_syncs() == 1);
}

TEST(FaultyVfs, a_read_fails) {
  connection.reset();
  disk->fail({Operation::kRead});
  Result<Connection> opened = Connection::open(path, Access::kRead);
  CHECK_FALSE(opened.ok() && opened->integer("SELECT count(*) FROM t").ok());
}

TEST(FaultyVfs, tells_of_each_operation) {
  int syncs = 0;
  disk->on_operation([&](Operation operation) { syncs += operation == Operation::kSync ? 1 : 0; });
  CHECK_TRUE(insert().ok());
  CHECK_TRUE(syncs == 1);
  disk->on_operation({});
}
