#include "core/watermark.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {
namespace {

using std::chrono::seconds;

constexpr std::int64_t kSecond = 1'000'000'000;

}  // namespace

TEST_GROUP(Watermark) {
  Watermark watermark{{seconds(10), seconds(5), seconds(60)}};

  Watermark::Stamp observe(std::int64_t second, std::int64_t now) {
    return watermark.observe(second * kSecond, now * kSecond);
  }
  void pass(std::int64_t now, bool held_up = false) {
    watermark.pass(now * kSecond, held_up);
  }
  std::int64_t second() const {
    return watermark.time_ns() / kSecond;
  }
};

TEST(Watermark, stays_behind_the_newest_reading_and_never_goes_back) {
  CHECK_TRUE(watermark.time_ns() == Watermark::kNever);
  observe(100, 100);
  LONGS_EQUAL(90, second());
  observe(50, 101);
  LONGS_EQUAL(90, second());
  observe(104, 104);
  LONGS_EQUAL(94, second());
}

TEST(Watermark, takes_a_stamp_from_the_future_for_now) {
  const Watermark::Stamp stamp = observe(1'000'000, 100);
  CHECK_TRUE(stamp.clamped);
  LONGS_EQUAL(100, stamp.time_ns / kSecond);
  LONGS_EQUAL(90, second());
  CHECK_FALSE(observe(105, 100).clamped);
}

TEST(Watermark, goes_on_without_readings_once_they_are_overdue) {
  observe(100, 100);
  pass(159);
  LONGS_EQUAL(90, second());
  pass(160);
  LONGS_EQUAL(150, second());
}

TEST(Watermark, waits_for_what_is_held_up_here) {
  observe(100, 100);
  pass(200, true);
  LONGS_EQUAL(90, second());
  pass(250);
  LONGS_EQUAL(90, second());
  pass(260);
  LONGS_EQUAL(250, second());
}

}  // namespace sluice
