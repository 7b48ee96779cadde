#include "app/query.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "chunk/readings.hpp"
#include "storage/store.hpp"
#include "tests/app/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

// A channel that is read once a second over two boots; value: seconds since 1970. Nobody knows what
// time it was in a third one.
TEST_GROUP(Query) {
  Buffer buffer;
  std::uint8_t runs = 0;
  int channel = 5;

  // Seconds of wall time, in chunks of 100; its boot began at `boot_began_s`.
  void store(std::int64_t from_s, std::int64_t to_s, std::int64_t boot_began_s, bool clock = true,
             Quality quality = Quality::kGood) {
    ++runs;
    ++channel;
    const std::string boot = "boot " + std::to_string(boot_began_s);
    storage::Options options;
    options.path = buffer.path();
    Result<storage::Store> opened =
        storage::Store::open(options, run_number(runs), boot, Instant());
    CHECK_TRUE(opened.ok());
    storage::Commit commit;
    const ChannelId id{static_cast<std::uint16_t>(channel)};
    commit.channels = {{{}, id, "boiler", "Cel", seconds(1)}};
    if (clock) {
      commit.clocks = {
          {Instant(seconds(from_s - boot_began_s)), WallTime(seconds(from_s)), {}, true}};
    }
    for (std::int64_t begin = from_s; begin < to_s; begin += 100) {
      std::vector<Reading> readings;
      for (std::int64_t second = begin; second < std::min(begin + 100, to_s); ++second) {
        readings.push_back(
            {Instant(seconds(second - boot_began_s)), static_cast<double>(second), id, quality});
      }
      commit.chunks.push_back(chunk::encode_readings(readings));
    }
    CHECK_TRUE(opened->commit(commit).ok());
  }
  static QuerySpan span(std::int64_t from_s, std::int64_t to_s) {
    return {"boiler", WallTime(seconds(from_s)), WallTime(seconds(to_s))};
  }
  std::vector<QueryReading> readings(const QuerySpan& asked, QueryTotals* totals = nullptr) {
    storage::Reader reader = buffer.reader();
    std::vector<QueryReading> all;
    const Result<QueryTotals> done = query_readings(reader, asked, [&](const QueryReading& one) {
      all.push_back(one);
      return true;
    });
    CHECK_TRUE(done.ok());
    CHECK_TRUE(done->readings == all.size());
    if (totals != nullptr) *totals = *done;
    return all;
  }
  QueryWindows windows(const QuerySpan& asked, Duration window) {
    storage::Reader reader = buffer.reader();
    Result<QueryWindows> answer = query_windows(reader, asked, window);
    CHECK_TRUE(answer.ok());
    return *std::move(answer);
  }
};

TEST(Query, finds_exactly_what_was_asked_for_over_runs_and_boots) {
  store(1'000'000, 1'000'250, 999'000);
  store(1'000'300, 1'000'600, 1'000'290);
  const std::vector<QueryReading> all = readings(span(1'000'120, 1'000'350));
  CHECK_TRUE(all.size() == 130 + 50);
  std::int64_t second = 1'000'120;
  for (const QueryReading& one : all) {
    if (second == 1'000'250) second = 1'000'300;
    CHECK_TRUE(one.time == WallTime(seconds(second)));
    DOUBLES_EQUAL(static_cast<double>(second), one.value, 0.0);
    ++second;
  }
}

TEST(Query, says_of_which_runs_it_does_not_know_the_time) {
  store(1'000'000, 1'000'100, 0, false);
  store(1'000'300, 1'000'400, 1'000'290);
  QueryTotals totals;
  CHECK_TRUE(readings(span(0, 2'000'000), &totals).size() == 100);
  CHECK_TRUE(totals.runs_without_clock == 1);
}

TEST(Query, ends_when_nobody_reads_on) {
  store(1'000'000, 1'000'250, 999'000);
  storage::Reader reader = buffer.reader();
  int heard = 0;
  CHECK_TRUE(query_readings(reader, span(0, 2'000'000), [&](const QueryReading&) {
               return ++heard < 3;
             }).ok());
  LONGS_EQUAL(3, heard);
}

TEST(Query, knows_no_channel_that_was_never_read) {
  store(1'000'000, 1'000'100, 0);
  storage::Reader reader = buffer.reader();
  const auto heard = query_readings(reader, {"pump", {}, WallTime::max()},
                                    [](const QueryReading&) { return true; });
  CHECK_TRUE(heard.error().code == ErrorCode::kNotFound);
  STRCMP_CONTAINS("\"pump\"", heard.error().message.c_str());
}

TEST(Query, summarises_windows_over_the_border_of_a_run) {
  store(999'960, 1'000'020, 990'000);
  store(1'000'030, 1'000'080, 1'000'025);
  const QueryWindows answer = windows(span(999'000, 1'001'000), minutes(1));
  // 999'960 is a whole number of minutes.
  CHECK_TRUE(answer.windows.size() == 2);
  const QueryWindow& second = answer.windows.at(WallTime(seconds(1'000'020)));
  CHECK_TRUE(second.end == WallTime(seconds(1'000'080)));
  CHECK_TRUE(second.summary.count() == 50);
  DOUBLES_EQUAL(1'000'030, second.summary.min(), 0.0);
  DOUBLES_EQUAL(1'000'054.5, second.summary.mean(), 0.0);
  DOUBLES_EQUAL(1'000'054, second.quantiles.quantile(0.5), 0.0);
}

TEST(Query, counts_what_is_not_good) {
  store(1'000'020, 1'000'080, 990'000, true, Quality::kOutOfRange);
  const QueryWindows answer = windows(span(999'000, 1'001'000), minutes(1));
  const Summary& summary = answer.windows.begin()->second.summary;
  CHECK_TRUE(summary.count() == 0 && summary.of(Quality::kOutOfRange) == 60);
}

TEST(Query, does_not_fill_the_memory) {
  store(1'000'000, 1'000'000 + static_cast<std::int64_t>(kQueryWindowsMax) + 2, 990'000);
  storage::Reader reader = buffer.reader();
  const Result<QueryWindows> answer = query_windows(reader, span(0, 9'000'000), seconds(1));
  CHECK_TRUE(answer.error().code == ErrorCode::kRefused);
}
