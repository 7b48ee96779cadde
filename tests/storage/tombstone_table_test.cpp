#include "storage/tombstone_table.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

// Tombstones of one run's raw chunks; key n has the checksum 1000 + n and n readings.
TEST_GROUP(TombstoneTable) {
  TemporaryFolder folder;
  std::optional<Connection> connection;
  KnownRun run;

  void setup() override {
    Result<Connection> opened = open_for_writing(folder.path_of("buffer.db"), 16 * 1024 * 1024);
    CHECK_TRUE(opened.ok());
    connection.emplace(std::move(*opened));
    Transaction transaction(*connection);
    RunId id;
    id.bytes.fill(1);
    run = add_run(transaction, id, "boot", Instant());
    CHECK_TRUE(transaction.commit().ok());
  }

  TombstoneRow row(std::uint64_t first, std::uint64_t last) const {
    TombstoneRow row;
    row.first = first;
    for (std::uint64_t seq = first; seq <= last; ++seq) {
      row.members.push_back(
          {static_cast<std::uint32_t>(1'000 + seq), static_cast<std::uint32_t>(seq)});
    }
    row.first_stamp = instant_from_ns(static_cast<std::int64_t>(first));
    row.last_stamp = instant_from_ns(static_cast<std::int64_t>(last));
    return row;
  }
  void add(const TombstoneRow& row) {
    Transaction transaction(*connection);
    add_tombstones(transaction, run, Stream::kRaw, row);
    CHECK_TRUE(transaction.commit().ok());
  }
  void remove(std::uint64_t first, std::uint64_t last) {
    Transaction transaction(*connection);
    remove_tombstones(transaction, run, Stream::kRaw, {first, last, 0});
    CHECK_TRUE(transaction.commit().ok());
  }
  std::vector<TombstoneRow> in(std::uint64_t first, std::uint64_t last) {
    Transaction transaction(*connection);
    std::vector<TombstoneRow> rows =
        tombstones_in(transaction, run, Stream::kRaw, {first, last, 0});
    for (const TombstoneRow& row : rows) check_members(row);
    return rows;
  }
  void check_members(const TombstoneRow& row) const {
    for (std::size_t i = 0; i < row.members.size(); ++i) {
      CHECK_TRUE(row.members[i].crc == 1'000 + row.first + i);
      CHECK_TRUE(row.members[i].readings == row.first + i);
    }
  }
  void check_rows(std::uint64_t first, std::uint64_t last, const std::vector<Interval>& expected) {
    const std::vector<TombstoneRow> rows = in(first, last);
    CHECK_TRUE(rows.size() == expected.size());
    for (std::size_t i = 0; i < rows.size(); ++i) {
      CHECK_TRUE(rows[i].first == expected[i].first && rows[i].last() == expected[i].last);
    }
  }
};

TEST(TombstoneTable, gives_back_what_was_added) {
  TombstoneRow added = row(5, 9);
  added.reason = GapReason::kMediaLoss;
  added.declared = true;
  added.members[0] = {0xFFFFFFFF, 0x80000001};
  add(added);
  Transaction transaction(*connection);
  const auto rows = tombstones_in(transaction, run, Stream::kRaw, {1, 100, 0});
  CHECK_TRUE(rows.size() == 1);
  CHECK_TRUE(rows[0].members[0].crc == 0xFFFFFFFF && rows[0].members[0].readings == 0x80000001);
  CHECK_TRUE(rows[0].reason == GapReason::kMediaLoss && rows[0].declared);
  CHECK_TRUE(rows[0].first_stamp == added.first_stamp && rows[0].last_stamp == added.last_stamp);
}

TEST(TombstoneTable, rows_that_touch_are_joined) {
  add(row(5, 9));
  add(row(15, 20));
  add(row(10, 14));
  check_rows(1, 100, {{5, 20, 0}});
  CHECK_TRUE(in(1, 100)[0].first_stamp == instant_from_ns(5));
  CHECK_TRUE(in(1, 100)[0].last_stamp == instant_from_ns(20));
}

TEST(TombstoneTable, rows_of_another_kind_are_not_joined) {
  add(row(5, 9));
  TombstoneRow other = row(10, 14);
  other.declared = true;
  add(other);
  other = row(1, 4);
  other.reason = GapReason::kMediaLoss;
  add(other);
  check_rows(1, 100, {{1, 4, 0}, {5, 9, 0}, {10, 14, 0}});
}

TEST(TombstoneTable, a_row_does_not_grow_beyond_its_limit) {
  add(row(1, kTombstonesPerRow));
  add(row(kTombstonesPerRow + 1, kTombstonesPerRow + 3));
  check_rows(1, 10'000,
             {{1, kTombstonesPerRow, 0}, {kTombstonesPerRow + 1, kTombstonesPerRow + 3, 0}});
}

TEST(TombstoneTable, a_part_can_be_asked_for) {
  add(row(1, kTombstonesPerRow));
  add(row(1'000, 1'010));
  check_rows(kTombstonesPerRow, 1'002,
             {{kTombstonesPerRow, kTombstonesPerRow, 0}, {1'000, 1'002, 0}});
  check_rows(600, 900, {});
}

TEST(TombstoneTable, a_part_can_be_removed) {
  add(row(1, 20));
  add(row(30, 40));
  remove(5, 6);
  remove(20, 31);
  check_rows(1, 100, {{1, 4, 0}, {7, 19, 0}, {32, 40, 0}});
  remove(1, 100);
  check_rows(1, 100, {});
}

TEST(TombstoneTable, other_streams_and_runs_are_others) {
  add(row(5, 9));
  Transaction transaction(*connection);
  CHECK_TRUE(tombstones_in(transaction, run, Stream::kEvent, {1, 100, 0}).empty());
  const KnownRun other{run.row + 1, {}};
  CHECK_TRUE(tombstones_in(transaction, other, Stream::kRaw, {1, 100, 0}).empty());
}

TEST(TombstoneTable, no_more_undeclared_rows_than_asked_for) {
  for (std::uint64_t i = 0; i < 10; ++i) add(row(1 + 10 * i, 3 + 10 * i));
  Transaction transaction(*connection);
  CHECK_TRUE(undeclared_drops(transaction, 4).size() == 4);
  CHECK_TRUE(undeclared_drops(transaction, 100).size() == 10);
  CHECK_TRUE(undeclared_drops(transaction, 1).front().readings == 1 + 2 + 3);
}
