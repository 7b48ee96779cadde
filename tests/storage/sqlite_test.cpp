#include "storage/sqlite.hpp"

#include <sys/stat.h>

#include <cstdint>
#include <filesystem>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "core/chunk.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

namespace {

template <typename T>
bool failed_with(const Result<T>& result, ErrorCode code) {
  return !result.ok() && result.error().code == code;
}

}  // namespace

TEST_GROUP(Connection) {
  TemporaryFolder folder;
  std::string path = folder.path_of("test.db");

  Connection open(Access access = Access::kWrite) {
    Result<Connection> connection = Connection::open(path, access);
    CHECK_TRUE(connection.ok());
    return std::move(*connection);
  }
};

TEST(Connection, creates_a_file_only_its_owner_can_read) {
  const mode_t before = ::umask(0);
  const Connection connection = open();
  ::umask(before);
  struct stat status = {};
  CHECK_TRUE(::stat(path.c_str(), &status) == 0);
  CHECK_TRUE((status.st_mode & 0777) == 0600);
}

TEST(Connection, refuses_a_link_in_place_of_the_file) {
  { const Connection connection = open(); }
  std::filesystem::create_symlink(path, folder.path_of("link.db"));
  CHECK_TRUE(failed_with(Connection::open(folder.path_of("link.db"), Access::kWrite),
                         ErrorCode::kUnavailable));
}

TEST(Connection, follows_a_link_to_the_folder) {
  std::filesystem::create_directory(folder.path_of("real"));
  std::filesystem::create_directory_symlink(folder.path_of("real"), folder.path_of("link"));
  CHECK_TRUE(Connection::open(folder.path_of("link/test.db"), Access::kWrite).ok());
  CHECK_TRUE(std::filesystem::exists(folder.path_of("real/test.db")));
}

TEST(Connection, needs_its_folder) {
  CHECK_TRUE(failed_with(Connection::open(folder.path_of("none/test.db"), Access::kWrite),
                         ErrorCode::kUnavailable));
}

TEST(Connection, cannot_create_a_file_where_nothing_can_be_written) {
  CHECK_TRUE(
      failed_with(Connection::open("/proc/sluice.db", Access::kWrite), ErrorCode::kUnavailable));
}

TEST(Connection, does_not_create_a_file_to_read) {
  CHECK_TRUE(failed_with(Connection::open(path, Access::kRead), ErrorCode::kUnavailable));
  CHECK_FALSE(std::filesystem::exists(path));
}

TEST(Connection, a_file_of_something_else_is_corrupt) {
  folder.write("test.db", std::string(4'096, 'x'));
  Connection connection = open();
  CHECK_TRUE(
      failed_with(connection.integer("SELECT count(*) FROM sqlite_schema"), ErrorCode::kCorrupt));
}

TEST(Connection, a_reader_cannot_write) {
  Connection writer = open();
  CHECK_TRUE(writer.execute("CREATE TABLE t (x)").ok());
  Connection reader = open(Access::kRead);
  CHECK_FALSE(reader.run("INSERT INTO t VALUES (1)").ok());
}

TEST(Connection, gives_back_every_kind_of_value) {
  Connection connection = open();
  CHECK_TRUE(connection.execute("CREATE TABLE t (a, b, c, d, e)").ok());
  const Bytes blob = {std::byte{0}, std::byte{255}};
  const std::string text("a\0b", 3);
  CHECK_TRUE(connection
                 .run("INSERT INTO t VALUES (?, ?, ?, ?, ?)",
                      {nullptr, std::numeric_limits<std::int64_t>::min(), 0.1, text, blob})
                 .ok());
  int rows = 0;
  CHECK_TRUE(connection
                 .for_each("SELECT * FROM t", {},
                           [&](const Row& row) {
                             ++rows;
                             CHECK_TRUE(row.is_null(0));
                             CHECK_TRUE(row.integer(1) == std::numeric_limits<std::int64_t>::min());
                             CHECK_TRUE(row.real(2) == 0.1);
                             CHECK_TRUE(row.text(3) == text);
                             CHECK_TRUE(Bytes(row.blob(4).begin(), row.blob(4).end()) == blob);
                             return true;
                           })
                 .ok());
  CHECK_TRUE(rows == 1);
}

TEST(Connection, an_empty_blob_is_not_null) {
  Connection connection = open();
  CHECK_TRUE(connection.execute("CREATE TABLE t (a BLOB NOT NULL, b TEXT NOT NULL) STRICT").ok());
  CHECK_TRUE(connection.run("INSERT INTO t VALUES (?, ?)", {Bytes(), std::string_view()}).ok());
}

TEST(Connection, a_visit_ends_when_it_has_seen_enough) {
  Connection connection = open();
  int rows = 0;
  CHECK_TRUE(connection
                 .for_each("SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3", {},
                           [&](const Row&) { return ++rows < 2; })
                 .ok());
  CHECK_TRUE(rows == 2);
}

TEST(Connection, a_statement_is_used_again_with_other_values) {
  Connection connection = open();
  for (const std::int64_t value : {1, 2, 3}) {
    const auto found = connection.integer("SELECT ?", {value});
    CHECK_TRUE(found.ok() && *found == value);
  }
}

TEST(Connection, rows_that_break_a_constraint_are_damage) {
  Connection connection = open();
  CHECK_TRUE(connection.execute("CREATE TABLE t (x INTEGER UNIQUE)").ok());
  CHECK_TRUE(connection.run("INSERT INTO t VALUES (1)").ok());
  CHECK_TRUE(failed_with(connection.run("INSERT INTO t VALUES (1)"), ErrorCode::kCorrupt));
}

TEST(Connection, a_full_database_is_full) {
  Connection connection = open();
  CHECK_TRUE(connection.execute("CREATE TABLE t (x); PRAGMA max_page_count = 4").ok());
  CHECK_TRUE(
      failed_with(connection.run("INSERT INTO t VALUES (?)", {Bytes(100'000)}), ErrorCode::kFull));
}

TEST(Connection, an_error_names_the_file) {
  Connection connection = open();
  const Result<> done = connection.run("SELECT * FROM nowhere");
  CHECK_FALSE(done.ok());
  CHECK_TRUE(done.error().message.find("test.db") != std::string::npos);
}

TEST_GROUP(Transaction) {
  TemporaryFolder folder;
  std::optional<Connection> connection;

  void setup() override {
    Result<Connection> opened = Connection::open(folder.path_of("test.db"), Access::kWrite);
    CHECK_TRUE(opened.ok());
    connection.emplace(std::move(*opened));
    CHECK_TRUE(connection->execute("CREATE TABLE t (x INTEGER UNIQUE)").ok());
  }
  std::int64_t rows() {
    return connection->integer("SELECT count(*) FROM t")->value_or(-1);
  }
};

TEST(Transaction, keeps_what_is_committed) {
  {
    Transaction transaction(*connection);
    transaction.run("INSERT INTO t VALUES (1)");
    CHECK_TRUE(transaction.commit().ok());
  }
  CHECK_TRUE(rows() == 1);
}

TEST(Transaction, takes_back_what_is_not_committed) {
  {
    Transaction transaction(*connection);
    transaction.run("INSERT INTO t VALUES (1)");
  }
  CHECK_TRUE(rows() == 0);
}

TEST(Transaction, a_failure_sticks_and_takes_everything_back) {
  Transaction transaction(*connection);
  transaction.run("INSERT INTO t VALUES (1)");
  transaction.run("INSERT INTO t VALUES (1)");
  CHECK_FALSE(transaction.ok());
  transaction.run("INSERT INTO t VALUES (2)");
  CHECK_TRUE(transaction.integer("SELECT 1") == 0);
  CHECK_TRUE(failed_with(transaction.commit(), ErrorCode::kCorrupt));
  CHECK_TRUE(rows() == 0);
}

TEST(Transaction, the_first_failure_is_the_one_that_counts) {
  Transaction transaction(*connection);
  transaction.fail({ErrorCode::kRefused, "first"});
  transaction.fail({ErrorCode::kFull, "second"});
  CHECK_TRUE(failed_with(transaction.commit(), ErrorCode::kRefused));
}

TEST(Transaction, the_connection_is_usable_after_a_failure) {
  {
    Transaction transaction(*connection);
    transaction.fail({ErrorCode::kRefused, "why"});
    CHECK_FALSE(transaction.commit().ok());
  }
  Transaction transaction(*connection);
  transaction.run("INSERT INTO t VALUES (1)");
  CHECK_TRUE(transaction.commit().ok());
}

TEST(Connection, an_abandoned_one_leaves_its_log_and_does_nothing_more) {
  Connection connection = open();
  CHECK_TRUE(connection.execute("PRAGMA journal_mode = WAL; CREATE TABLE t (x)").ok());
  connection.abandon();
  CHECK_TRUE(std::filesystem::file_size(path + "-wal") > 0);
  CHECK_TRUE(failed_with(connection.run("INSERT INTO t VALUES (1)"), ErrorCode::kUnavailable));
  CHECK_TRUE(failed_with(connection.execute("SELECT 1"), ErrorCode::kUnavailable));
  CHECK_FALSE(connection.in_transaction());
}

TEST(Connection, notices_that_its_file_was_displaced) {
  const Connection connection = open();
  CHECK_FALSE(connection.is_displaced());
  std::filesystem::rename(path, path + ".away");
  CHECK_TRUE(connection.is_displaced());
}

TEST(Transaction, a_second_writer_is_turned_away) {
  Result<Connection> second = Connection::open(folder.path_of("test.db"), Access::kWrite);
  CHECK_TRUE(second.ok());
  Transaction first(*connection);
  Transaction other(*second);
  CHECK_TRUE(failed_with(other.commit(), ErrorCode::kTimeout));
}
