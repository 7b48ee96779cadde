#include "app/stored_sensor.hpp"

#include <chrono>
#include <limits>
#include <optional>
#include <vector>

#include "tests/app/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

// Recorded once a second from 100 s to 109 s; value: seconds.
TEST_GROUP(StoredSensor) {
  Buffer buffer;
  const ChannelId channel{3};
  std::optional<storage::Reader> reader;
  StoredSensor::Options options;

  void store(Quality quality = Quality::kGood) {
    storage::Options where;
    where.path = buffer.path();
    Result<storage::Store> opened = storage::Store::open(where, run_number(1), kBoot, Instant());
    CHECK_TRUE(opened.ok());
    std::vector<Reading> readings;
    for (int second = 100; second < 110; ++second) {
      readings.push_back({Instant(seconds(second)), double(second), channel, quality});
    }
    storage::Commit commit;
    commit.chunks.push_back(chunk::encode_readings(std::span(readings).first(4)));
    commit.chunks.push_back(chunk::encode_readings(std::span(readings).subspan(4)));
    CHECK_TRUE(opened->commit(commit).ok());
    reader = buffer.reader();
    options.range = {run_number(1), Stream::kRaw, channel, Instant(), Instant(seconds(1'000))};
    options.hold = seconds(1);
  }
  double value_at(StoredSensor & sensor, int second) {
    CHECK_TRUE(sensor.advance(Instant(seconds(second))));
    return sensor.read(Instant(seconds(second))).value;
  }
};

TEST(StoredSensor, gives_what_was_recorded_of_a_tick) {
  store();
  StoredSensor sensor(*reader, options);
  CHECK_TRUE(sensor.next() == Instant(seconds(100)));
  CHECK_FALSE(sensor.advance(Instant(seconds(99))));
  DOUBLES_EQUAL(100, value_at(sensor, 100), 0);
  DOUBLES_EQUAL(105, value_at(sensor, 105), 0);
  CHECK_TRUE(sensor.next() == Instant(seconds(106)));
  DOUBLES_EQUAL(109, value_at(sensor, 109), 0);
  CHECK_TRUE(sensor.ended());
  CHECK_FALSE(sensor.next().has_value());
  CHECK_TRUE(sensor.records() == 10);
}

TEST(StoredSensor, holds_a_record_until_the_next_was_due) {
  store();
  StoredSensor sensor(*reader, options);
  CHECK_TRUE(sensor.advance(Instant(seconds(109)) + std::chrono::milliseconds(999)));
  CHECK_FALSE(sensor.advance(Instant(seconds(110))));
}

TEST(StoredSensor, converts_to_the_scale_that_is_wanted) {
  store();
  options.recorded = {{Instant(), {2.0, 4.0}}, {Instant(seconds(105)), {1.0, 0.0}}};
  options.wanted = {10.0, 1.0};
  StoredSensor sensor(*reader, options);
  DOUBLES_EQUAL((104.0 - 4.0) / 2.0 * 10.0 + 1.0, value_at(sensor, 104), 0);
  DOUBLES_EQUAL(105.0 * 10.0 + 1.0, value_at(sensor, 105), 0);
}

TEST(StoredSensor, leaves_a_value_as_it_is_where_the_scale_stayed) {
  store();
  options.recorded = {{Instant(seconds(500)), {0.1, 0.3}}};
  options.wanted = {0.1, 0.3};
  StoredSensor sensor(*reader, options);
  DOUBLES_EQUAL(107, value_at(sensor, 107), 0);
}

TEST(StoredSensor, judges_what_is_out_of_range_anew) {
  store(Quality::kOutOfRange);
  options.recorded_range = {0.0, 105.0};
  StoredSensor sensor(*reader, options);
  // Inside, so it was the driver that said it.
  CHECK_TRUE(sensor.advance(Instant(seconds(105))));
  CHECK_TRUE(sensor.read({}).quality == Quality::kOutOfRange);
  CHECK_TRUE(sensor.advance(Instant(seconds(106))));
  CHECK_TRUE(sensor.read({}).quality == Quality::kGood);
}

TEST(StoredSensor, ends_where_the_buffer_cannot_be_read) {
  storage::Reader none(buffer.path() + ".none");
  options.range = {run_number(1), Stream::kRaw, channel, Instant(), Instant(seconds(1'000))};
  StoredSensor sensor(none, options);
  CHECK_FALSE(sensor.advance(Instant(seconds(100))));
  CHECK_TRUE(sensor.error().has_value());
  CHECK_TRUE(sensor.ended());
}
