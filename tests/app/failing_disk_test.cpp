// What the storage service makes of a disk that fails under it: nothing is lost that fits into
// memory, nothing is stored twice, and what is lost is declared.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/storage_service.hpp"
#include "tests/app/buffer.hpp"
#include "tests/app/failing_disk.hpp"
#include "tests/app/link_state.hpp"
#include "tests/hal/process/log_capture.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

namespace {

namespace fs = std::filesystem;

constexpr Duration kStep = milliseconds(20);
constexpr Duration kPeriod = milliseconds(10);

}  // namespace

// One channel at 100 Hz, and a ring that holds 30 s of it.
TEST_GROUP(FailingDisk) {
  hal::LogCapture log;
  Buffer buffer;
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(3'000);
  std::unique_ptr<StorageService> service;
  std::optional<FailingDisk> disk;
  LoopStatus loop;
  bool losing = false;
  Instant now{seconds(1000)};

  void setup() override {
    link_is(*crossings, true);
    open(1);
  }
  void open(std::uint8_t run) {
    StorageService::Options options;
    options.store.path = buffer.path();
    options.seal = {seconds(1), seconds(10), 2'000};
    options.run = run_number(run);
    options.boot = kBoot;
    Result<StorageService> opened = StorageService::open(options, *crossings, now);
    CHECK_TRUE(opened.ok());
    service = std::make_unique<StorageService>(std::move(*opened));
  }
  void lose_power() {
    service.reset();
    crossings = std::make_unique<Crossings>(3'000);
    link_is(*crossings, true);
    loop = {};
  }
  void produce() {
    ++loop.readings;
    const bool kept = crossings->readings.try_push({now, 1.0, ChannelId{0}, Quality::kGood});
    if (!kept) {
      Loss& loss = loop.lost_readings;
      if (!losing) {
        ++loss.episodes;
        loss.earlier_last = loss.last;
        loss.episode_first = now;
      }
      ++loss.count;
      loss.last = now;
    }
    losing = !kept;
    crossings->loop.publish(loop);
  }
  // The storage thread stands still while the loop goes on.
  void stall(Duration length) {
    for (const Instant end = now + length; now < end; now += kPeriod) produce();
  }
  void run(Duration length) {
    for (const Instant end = now + length; now < end;) {
      stall(kStep);
      service->step(now);
    }
  }
  void fail() {
    disk.emplace();
  }
  void heal() {
    disk.reset();
  }

  StorageStatus status() const {
    return service->status();
  }
  std::vector<Gap> gaps() const {
    return buffer.events_of_kind<Gap>();
  }
  // Every reading is in the database once, or declared missing.
  void check_ledger() {
    run(seconds(30));
    CHECK_TRUE(service->finish(now).ok());
    const std::vector<Reading> readings = buffer.readings();
    std::set<Instant> stamps;
    for (const Reading& reading : readings) CHECK_TRUE(stamps.insert(reading.time).second);
    std::uint64_t declared = 0;
    for (const Gap& gap : gaps()) declared += gap.readings;
    CHECK_EQUAL(loop.readings, readings.size() + declared);
  }
};

TEST(FailingDisk, a_stall_of_30_s_costs_no_reading) {
  run(seconds(5));
  stall(seconds(30) - kStep);
  run(kStep);
  CHECK_EQUAL(0U, status().readings_lost);
  check_ledger();
  CHECK_TRUE(gaps().empty());
}

TEST(FailingDisk, an_outage_that_fits_into_memory_costs_no_reading) {
  run(seconds(5));
  fail();
  run(seconds(30));
  CHECK_TRUE(status().failing);
  heal();
  check_ledger();
  CHECK_FALSE(status().failing);
  CHECK_TRUE(gaps().empty());
}

TEST(FailingDisk, what_an_outage_costs_beyond_is_declared) {
  run(seconds(5));
  fail();
  run(minutes(2));
  CHECK_TRUE(status().readings_lost > 0);
  heal();
  check_ledger();
  CHECK_EQUAL(1U, gaps().size());
  CHECK_TRUE(gaps()[0].reason == GapReason::kRingFull);
}

TEST(FailingDisk, short_outages_one_after_the_other_cost_nothing) {
  for (int i = 0; i < 20; ++i) {
    run(milliseconds(1'700));
    fail();
    run(milliseconds(900));
    heal();
  }
  check_ledger();
  CHECK_TRUE(gaps().empty());
}

TEST(FailingDisk, is_written_through_a_file_that_was_opened_anew) {
  run(seconds(2));
  CHECK_EQUAL(0U, status().reopenings);
  fail();
  run(seconds(2));
  heal();
  run(seconds(5));
  CHECK_TRUE(status().reopenings > 0);
}

TEST(FailingDisk, is_spoken_of_once) {
  fail();
  run(seconds(10));
  heal();
  run(seconds(10));
  CHECK_EQUAL(2U, log.lines.size());
  CHECK_TRUE(log.levels[0] == LogLevel::kError);
  STRCMP_CONTAINS("can be written again", log.lines[1].c_str());
}

TEST(FailingDisk, ends_a_run_without_a_goodbye) {
  run(seconds(2));
  fail();
  CHECK_FALSE(service->finish(now).ok());
  heal();
  lose_power();
  open(2);
  CHECK_TRUE(gaps().at(0).reason == GapReason::kRestart);
}

TEST(FailingDisk, keeps_no_gateway_from_starting) {
  run(seconds(5));
  const std::uint64_t before = status().totals.stored;
  fail();
  lose_power();
  open(2);
  run(seconds(25));
  CHECK_TRUE(status().failing);
  CHECK_EQUAL(0U, status().readings_lost);
  CHECK_EQUAL(loop.readings, status().uncommitted);
  heal();
  loop.readings += before;
  check_ledger();
  CHECK_FALSE(status().failing);
  CHECK_EQUAL(1U, gaps().size());
  CHECK_TRUE(gaps()[0].reason == GapReason::kRestart);
}

TEST(FailingDisk, keeps_no_gateway_from_starting_where_there_is_no_database_yet) {
  fail();
  lose_power();
  for (const char* const end : {"", "-wal", "-shm", ".watermark", ".reserve"}) {
    fs::remove(buffer.path() + end);
  }
  open(2);
  run(seconds(25));
  CHECK_TRUE(status().failing);
  heal();
  check_ledger();
  CHECK_TRUE(gaps().empty());
}

TEST(FailingDisk, that_loses_the_database_is_given_the_tail_again) {
  // The seal of 10 s is the last that is gone for good; what came after it is in memory.
  run(seconds(14));
  fail();
  run(seconds(1));
  for (const char* const end : {"", "-wal", "-shm"}) fs::remove(buffer.path() + end);
  heal();
  check_ledger();
  bool declared = false;
  for (const Gap& gap : gaps()) declared |= gap.reason == GapReason::kMediaLoss;
  CHECK_TRUE(declared);
}

TEST(FailingDisk, that_took_commits_and_forgot_them_is_found_out_at_the_next_start) {
  run(seconds(5));
  fs::copy_file(buffer.path(), buffer.path() + ".old");
  fs::copy_file(buffer.path() + "-wal", buffer.path() + "-wal.old");
  run(minutes(3));
  lose_power();
  for (const char* const end : {"", "-wal"}) {
    fs::rename(buffer.path() + end + ".old", buffer.path() + end);
  }
  open(2);
  run(seconds(1));
  CHECK_EQUAL(2U, gaps().size());
  CHECK_TRUE(gaps()[0].reason == GapReason::kRestart);
  const Gap lost = gaps()[1];
  CHECK_TRUE(lost.reason == GapReason::kMediaLoss && lost.stream == Stream::kRaw);
  CHECK_TRUE(lost.first_seq == 1);
  CHECK_TRUE(lost.readings > 10'000);
}
