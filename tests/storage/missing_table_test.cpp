#include "storage/missing_table.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include "storage/database.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(MissingTable) {
  TemporaryFolder folder;
  Result<Connection> connection = open_for_writing(folder.path_of("test.db"), 16 * 1024 * 1024);
  KnownRun run;

  void setup() override {
    CHECK_TRUE(connection.ok());
    Transaction transaction(*connection);
    run = add_run(transaction, run_number(1), "boot", Instant());
    CHECK_TRUE(transaction.commit().ok());
  }
  Missing keys(std::uint64_t first, std::uint64_t last, std::uint64_t readings = 0) {
    return {run.run, Stream::kRaw, first, last, readings, instant_from_ns(5), instant_from_ns(9)};
  }
  void note(const Missing& missing) {
    Transaction transaction(*connection);
    note_missing(transaction, run, missing);
    CHECK_TRUE(transaction.commit().ok());
  }
  Result<> declare(const Missing& missing) {
    Transaction transaction(*connection);
    mark_declared(transaction, missing, 7);
    return transaction.commit();
  }
  std::vector<std::uint64_t> undeclared(std::size_t rows_max = 10) {
    Transaction transaction(*connection);
    std::vector<std::uint64_t> firsts;
    for (const Missing& missing : undeclared_missing(transaction, rows_max)) {
      firsts.push_back(missing.first_seq);
    }
    return firsts;
  }
};

TEST(MissingTable, gives_back_what_was_noted) {
  note(keys(3, 4, 7));
  Transaction transaction(*connection);
  const Missing missing = undeclared_missing(transaction, 1).at(0);
  CHECK_TRUE(missing.run == run.run && missing.stream == Stream::kRaw);
  CHECK_TRUE(missing.first_seq == 3 && missing.last_seq == 4 && missing.readings == 7);
  CHECK_TRUE(missing.first == instant_from_ns(5) && missing.last == instant_from_ns(9));
}

TEST(MissingTable, tells_the_oldest_first_and_no_more_than_asked_for) {
  for (const std::uint64_t first : {5U, 1U, 9U}) note(keys(first, first));
  CHECK_TRUE((undeclared(2) == std::vector<std::uint64_t>{5, 1}));
}

TEST(MissingTable, what_is_declared_is_told_no_more) {
  note(keys(1, 2));
  note(keys(5, 6));
  CHECK_TRUE(declare(keys(1, 2)).ok());
  CHECK_TRUE((undeclared() == std::vector<std::uint64_t>{5}));
  Transaction transaction(*connection);
  CHECK_TRUE(count_undeclared(transaction) == 1);
}

TEST(MissingTable, nothing_is_declared_twice) {
  note(keys(1, 2));
  CHECK_TRUE(declare(keys(1, 2)).ok());
  CHECK_TRUE(failed_with(declare(keys(1, 2)), ErrorCode::kInvalid));
  CHECK_TRUE(failed_with(declare(keys(3, 3)), ErrorCode::kInvalid));
}

TEST(MissingTable, readings_that_are_missing_count_as_stored_and_dropped) {
  note(keys(0, 0, 7));
  CHECK_TRUE(declare(keys(0, 0, 7)).ok());
  CHECK_TRUE(connection->integer("SELECT stored FROM stream")->value_or(0) == 7);
  CHECK_TRUE(connection->integer("SELECT dropped FROM stream")->value_or(0) == 7);
}

TEST(MissingTable, finds_intervals_by_the_keys_they_share) {
  note(keys(0, 0, 7));
  note(keys(8, 9));
  note(keys(1, 4));
  Transaction transaction(*connection);
  const std::vector<Interval> found = missing_in(transaction, run.row, 2, {4, 8, 0});
  CHECK_TRUE((found == std::vector<Interval>{{1, 4, 0}, {8, 9, 0}}));
  CHECK_TRUE(missing_in(transaction, run.row, 2, {5, 7, 0}).empty());
  CHECK_TRUE(missing_in(transaction, run.row, 0, {1, 9, 0}).empty());
}
