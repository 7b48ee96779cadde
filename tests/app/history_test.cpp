#include "app/history.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "app/storage_service.hpp"
#include "tests/app/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

// Channels 0 and 1 have a reading each at every whole second; value: seconds.
TEST_GROUP(History) {
  Buffer buffer;
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(100);
  std::unique_ptr<StorageService> service;
  int second = 0;

  void setup() override {
    StorageService::Options options;
    options.store.path = buffer.path();
    options.seal = {seconds(1), seconds(30), 20};  // ten seconds of both
    options.run = run_number(1);
    options.boot = kBoot;
    Result<StorageService> opened = StorageService::open(options, *crossings, Instant());
    CHECK_TRUE(opened.ok());
    service = std::make_unique<StorageService>(std::move(*opened));
  }
  void produce_until(int end) {
    for (; second < end; ++second) {
      for (std::uint16_t channel = 0; channel < 2; ++channel) {
        CHECK_TRUE(crossings->readings.try_push(
            {Instant(seconds(second)), double(second), ChannelId{channel}, Quality::kGood}));
      }
      service->step(Instant(seconds(second)));
    }
    service->step(Instant(seconds(second)));
  }
  storage::TimeRange range(int from, int to) const {
    return {run_number(1), Stream::kRaw, ChannelId{1}, Instant(seconds(from)),
            Instant(seconds(to))};
  }
  void check(const std::vector<Reading>& readings, int from, int to) const {
    CHECK_EQUAL(static_cast<std::size_t>(to - from), readings.size());
    for (const Reading& reading : readings) {
      CHECK_TRUE(reading.channel == ChannelId{1});
      CHECK_TRUE(reading.time == Instant(seconds(from)));
      DOUBLES_EQUAL(from, reading.value, 0);
      ++from;
    }
  }
  std::vector<Reading> read(History & history, std::size_t bytes_max) {
    std::vector<Reading> readings;
    for (int i = 0; i < 1'000 && !history.done(); ++i) {
      const Result<std::vector<Reading>> part = history.next(bytes_max);
      CHECK_TRUE(part.ok());
      readings.insert(readings.end(), part->begin(), part->end());
    }
    CHECK_TRUE(history.done());
    return readings;
  }
};

TEST(History, is_empty_where_nothing_is_stored) {
  storage::Reader reader = buffer.reader();
  History history(reader, range(0, 100));
  CHECK_TRUE(read(history, 1'000).empty());
}

TEST(History, has_chunks_and_hot_tail) {
  produce_until(47);
  storage::Reader reader = buffer.reader();
  History history(reader, range(15, 100));
  check(read(history, 1'000'000), 15, 47);
}

TEST(History, has_exactly_what_was_asked_for) {
  produce_until(47);
  storage::Reader reader = buffer.reader();
  History history(reader, range(13, 22));
  check(read(history, 1'000'000), 13, 22);
}

TEST(History, comes_in_parts) {
  produce_until(47);
  storage::Reader reader = buffer.reader();
  History history(reader, range(0, 100));
  CHECK_TRUE(history.next(0)->size() == 10);
  CHECK_FALSE(history.done());
  History again(reader, range(0, 100));
  check(read(again, 0), 0, 47);
}

TEST(History, a_reading_that_is_sealed_meanwhile_comes_once) {
  produce_until(47);
  storage::Reader reader = buffer.reader();
  History history(reader, range(0, 100));
  std::vector<Reading> readings;
  while (readings.size() < 43) {
    const Result<std::vector<Reading>> part = history.next(0);
    readings.insert(readings.end(), part->begin(), part->end());
  }
  produce_until(55);
  const std::vector<Reading> rest = read(history, 0);
  readings.insert(readings.end(), rest.begin(), rest.end());
  check(readings, 0, 55);
}
