#include "hal/ledger.hpp"

#include <chrono>
#include <filesystem>
#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(Ledger) {
  TemporaryFolder folder;
  const std::string path = folder.path_of("ledger");

  Ledger open(std::uint64_t records = 4) {
    return Ledger::open(path, records).value();
  }
  static void append(Ledger & ledger, int tick_ns) {
    ledger.append(Instant(Duration(tick_ns)), {tick_ns / 2.0, Quality::kFault});
  }
  void check_holds(int records) {
    const std::vector<LedgerRecord> read = read_ledger(path).value();
    LONGS_EQUAL(records, read.size());
    for (int i = 0; i < records; ++i) {
      const LedgerRecord& record = read[static_cast<std::size_t>(i)];
      LONGS_EQUAL(i + 1, record.tick_ns);
      DOUBLES_EQUAL((i + 1) / 2.0, record.value, 0.0);
      LONGS_EQUAL(Quality::kFault, record.quality);
    }
  }
};

TEST(Ledger, is_empty_at_first) {
  open();
  check_holds(0);
}

TEST(Ledger, can_be_read_while_it_is_open) {
  Ledger ledger = open();
  append(ledger, 1);
  append(ledger, 2);
  check_holds(2);
}

TEST(Ledger, takes_its_space_at_once) {
  open(1000);
  LONGS_EQUAL(24'000, std::filesystem::file_size(path));
}

TEST(Ledger, is_continued_after_its_last_record) {
  {
    Ledger ledger = open();
    append(ledger, 1);
    append(ledger, 2);
  }
  Ledger ledger = open();
  append(ledger, 3);
  check_holds(3);
}

TEST(Ledger, may_grow_when_it_is_continued) {
  {
    Ledger ledger = open(1);
    append(ledger, 1);
  }
  Ledger ledger = open(2);
  append(ledger, 2);
  check_holds(2);
}

TEST(Ledger, loses_nothing_when_another_took_over_in_between) {
  Ledger first = open();
  Ledger second = open();
  append(first, 1);
  append(first, 2);
  append(second, 3);
  check_holds(3);
}

TEST(Ledger, writes_over_a_record_that_a_kill_left_half_written) {
  {
    // Value and quality come first, the tick last: this is how far the record had come.
    LedgerRecord half{.tick_ns = 0, .value = 9.0, .quality = 1};
    folder.write("ledger", {reinterpret_cast<const char*>(&half), sizeof half});
  }
  Ledger ledger = open();
  append(ledger, 1);
  check_holds(1);
}

TEST(Ledger, counts_what_it_cannot_hold) {
  Ledger ledger = open(2);
  for (int tick_ns = 1; tick_ns <= 5; ++tick_ns) append(ledger, tick_ns);
  check_holds(2);
  LONGS_EQUAL(3, ledger.dropped());
}

TEST(Ledger, of_an_impossible_size_is_refused) {
  CHECK_TRUE(Ledger::open(path, 0).error().code == ErrorCode::kInvalid);
  CHECK_TRUE(Ledger::open(path, kLedgerRecordsMax + 1).error().code == ErrorCode::kInvalid);
  CHECK_TRUE(Ledger::open(path, UINT64_MAX).error().code == ErrorCode::kInvalid);
}

TEST(Ledger, in_a_folder_that_is_absent_is_not_found) {
  CHECK_TRUE(Ledger::open(folder.path_of("a/b"), 1).error().code == ErrorCode::kNotFound);
  CHECK_TRUE(read_ledger(folder.path_of("a/b")).error().code == ErrorCode::kNotFound);
}
