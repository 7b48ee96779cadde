#include "hal/polled_sensor.hpp"

#include <chrono>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::seconds;

TEST_GROUP(PolledSensor) {
  PolledSensor sensor{seconds(2), seconds(10)};
  const Instant start{seconds(100)};

  void post(Instant taken, Sample sample) {
    sensor.mailbox().publish({.taken = taken, .sample = sample});
  }
  void check_reads(Instant tick, double value, Quality quality) {
    const Sample sample = sensor.read(tick);
    DOUBLES_EQUAL(value, sample.value, 0.0);
    LONGS_EQUAL(quality, sample.quality);
  }
};

TEST(PolledSensor, is_missing_before_the_first_post) {
  check_reads(start, 0.0, Quality::kMissing);
}

TEST(PolledSensor, gives_the_latest_post) {
  post(start, {7.0, Quality::kGood});
  post(start, {8.0, Quality::kGood});
  check_reads(start, 8.0, Quality::kGood);
}

TEST(PolledSensor, gives_a_post_again_until_it_is_too_old) {
  post(start, {7.0, Quality::kGood});
  check_reads(start + seconds(2), 7.0, Quality::kGood);
}

TEST(PolledSensor, keeps_the_value_of_a_stale_post) {
  post(start, {7.0, Quality::kGood});
  check_reads(start + seconds(2) + Duration(1), 7.0, Quality::kStale);
}

TEST(PolledSensor, is_a_fault_when_whoever_measures_it_does_not_come_back) {
  post(start, {7.0, Quality::kGood});
  check_reads(start + seconds(10), 7.0, Quality::kStale);
  check_reads(start + seconds(10) + Duration(1), 7.0, Quality::kFault);
}

TEST(PolledSensor, is_good_again_after_a_new_post) {
  post(start, {7.0, Quality::kGood});
  check_reads(start + seconds(9), 7.0, Quality::kStale);
  post(start + seconds(9), {9.0, Quality::kGood});
  check_reads(start + seconds(9), 9.0, Quality::kGood);
}

TEST(PolledSensor, does_not_make_an_old_fault_look_like_a_value) {
  post(start, {0.0, Quality::kFault});
  check_reads(start + seconds(9), 0.0, Quality::kFault);
}

TEST(PolledSensor, does_not_make_an_old_absence_look_like_a_value) {
  post(start, {0.0, Quality::kMissing});
  check_reads(start + seconds(9), 0.0, Quality::kMissing);
}

TEST(PolledSensor, takes_a_post_from_after_the_tick_as_fresh) {
  post(start + seconds(1), {7.0, Quality::kGood});
  check_reads(start, 7.0, Quality::kGood);
}
