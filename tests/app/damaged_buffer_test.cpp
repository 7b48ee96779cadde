// What the gateway makes of a database that is damaged, at a start or under it: it goes on, keeps
// what can be read, and declares what cannot.

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <fstream>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "app/storage_service.hpp"
#include "app/stored_outbox.hpp"
#include "tests/app/buffer.hpp"
#include "tests/app/link_state.hpp"
#include "tests/hal/process/log_capture.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

constexpr Duration kStep = milliseconds(20);
constexpr Duration kPeriod = milliseconds(10);

}  // namespace

// One channel at 100 Hz, sealed every 5 s.
TEST_GROUP(DamagedBuffer) {
  hal::LogCapture log;
  Buffer buffer;
  std::unique_ptr<Crossings> crossings;
  std::unique_ptr<StorageService> service;
  std::unique_ptr<StoredOutbox> outbox;
  std::uint64_t produced = 0;
  Instant now{seconds(1000)};

  void setup() override {
    start(1);
  }
  void start(std::uint8_t run) {
    outbox.reset();
    service.reset();
    crossings = std::make_unique<Crossings>(3'000);
    link_is(*crossings, true);
    StorageService::Options options;
    options.store.path = buffer.path();
    options.seal = {seconds(1), seconds(5), 2'000};
    options.run = run_number(run);
    options.boot = kBoot;
    Result<StorageService> opened = StorageService::open(options, *crossings, now);
    CHECK_TRUE(opened.ok());
    service = std::make_unique<StorageService>(std::move(*opened));
    outbox = std::make_unique<StoredOutbox>(buffer.reader(), "plant-7", *crossings);
  }
  // What is in memory only goes with it; a restart gap tells of that.
  void lose_power() {
    produced -= status().uncommitted;
    service.reset();
  }
  void run(Duration length) {
    for (const Instant end = now + length; now < end;) {
      for (const Instant next = now + kStep; now < next; now += kPeriod) {
        ++produced;
        CHECK_TRUE(crossings->readings.try_push({now, 1.0, ChannelId{0}, Quality::kGood}));
      }
      service->step(now);
    }
  }
  // As the uplink does, over and over.
  void read_through() {
    for (std::uint64_t after = 0;;) {
      const auto parcel = outbox->next({Lane::kRaw, after}, 4'096);
      if (!parcel.ok() || !parcel->has_value()) return;
      after = (*parcel)->items.back().position;
    }
  }
  void change(const char* script) {
    Result<storage::Connection> connection =
        storage::Connection::open(buffer.path(), storage::Access::kWrite);
    CHECK_TRUE(connection.ok() && connection->execute(script).ok());
  }
  void overwrite(std::streamoff from, std::size_t bytes) {
    std::fstream file(buffer.path(), std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(from);
    file << std::string(bytes, '?');
  }
  StorageStatus status() const {
    return service->status();
  }
  // Every reading is in the database once, or declared missing.
  void check_ledger() {
    CHECK_TRUE(service->finish(now).ok());
    const std::vector<Reading> readings = buffer.readings();
    std::set<Instant> stamps;
    for (const Reading& reading : readings) CHECK_TRUE(stamps.insert(reading.time).second);
    std::uint64_t declared = 0;
    for (const Gap& gap : buffer.events_of_kind<Gap>()) declared += gap.readings;
    CHECK_EQUAL(produced, readings.size() + declared);
  }
};

TEST(DamagedBuffer, declares_a_damaged_chunk_that_the_uplink_meets) {
  run(seconds(20));
  change("UPDATE chunk SET bytes = zeroblob(length(bytes)) WHERE stream = 2 AND seq = 2");
  read_through();
  run(seconds(2));
  CHECK_EQUAL(1U, status().damaged_chunks);
  const std::vector<Gap> gaps = buffer.events_of_kind<Gap>();
  CHECK_EQUAL(1U, gaps.size());
  CHECK_TRUE(gaps[0].reason == GapReason::kMediaLoss);
  CHECK_TRUE(gaps[0].first_seq == 2 && gaps[0].last_seq == 2 && gaps[0].readings > 0);
  check_ledger();
}

TEST(DamagedBuffer, is_salvaged_after_a_start) {
  run(seconds(18));
  lose_power();
  overwrite(0, 100);
  start(2);
  run(seconds(10));
  CHECK_FALSE(status().salvaging);
  CHECK_EQUAL(0U, status().commit_failures);
  check_ledger();
}

TEST(DamagedBuffer, gives_way_to_a_fresh_one_while_the_gateway_runs) {
  run(seconds(18));
  change("PRAGMA wal_checkpoint(TRUNCATE)");
  overwrite(1024, 1024 * 1024);
  read_through();
  run(seconds(20));
  CHECK_FALSE(status().failing);
  CHECK_FALSE(status().salvaging);
  CHECK_TRUE(status().reopenings > 0);
  CHECK_TRUE(service->finish(now).ok());
  // How many readings there were in the chunks that are gone, only they knew.
  CHECK_TRUE(buffer.readings().size() >= 2'000);
  const std::vector<Gap> gaps = buffer.events_of_kind<Gap>();
  CHECK_TRUE(std::any_of(gaps.begin(), gaps.end(), [](const Gap& gap) {
    return gap.stream == Stream::kRaw && gap.first_seq == 1 && gap.last_seq >= 3;
  }));
}

TEST(DamagedBuffer, is_audited_once_a_run) {
  run(seconds(20));
  lose_power();
  change("DELETE FROM chunk WHERE stream = 2 AND seq = 2");
  start(2);
  run(seconds(10));
  CHECK_EQUAL(1U, status().reopenings);
  check_ledger();
}
