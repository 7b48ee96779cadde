#include "app/growth.hpp"

#include <chrono>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(Growth) {
  const Instant start{seconds(1000)};
  Growth growth;
};

TEST(Growth, of_one_step_nothing_is_known) {
  CHECK_FALSE(growth.per_second(start).has_value());
  growth.step(start, 500);
  CHECK_FALSE(growth.per_second(start + minutes(1)).has_value());
}

TEST(Growth, is_measured_from_step_to_step) {
  growth.step(start, 500);
  growth.step(start + seconds(100), 1'500);
  DOUBLES_EQUAL(10.0, growth.per_second(start + seconds(100)).value(), 1e-9);
  DOUBLES_EQUAL(10.0, growth.per_second(start + seconds(150)).value(), 1e-9);
}

TEST(Growth, may_be_negative) {
  growth.step(start, 500);
  growth.step(start + seconds(100), 400);
  DOUBLES_EQUAL(-1.0, growth.per_second(start + seconds(100)).value(), 1e-9);
}

TEST(Growth, slows_down_when_no_step_comes) {
  growth.step(start, 0);
  growth.step(start + seconds(100), 1'000);
  DOUBLES_EQUAL(5.0, growth.per_second(start + seconds(300)).value(), 1e-9);
}

TEST(Growth, forgets_what_was_long_ago) {
  growth.step(start, 0);
  for (int i = 1; i <= 30; ++i) growth.step(start + minutes(i), i <= 15 ? 0 : (i - 15) * 600);
  DOUBLES_EQUAL(10.0, growth.per_second(start + minutes(30)).value(), 1e-9);
}

TEST(Growth, keeps_two_steps_however_far_apart) {
  growth.step(start, 0);
  growth.step(start + minutes(30), 1'800);
  growth.step(start + minutes(60), 1'800 + 3'600);
  DOUBLES_EQUAL(2.0, growth.per_second(start + minutes(60)).value(), 1e-9);
}

TEST(Growth, joins_steps_that_follow_each_other_soon) {
  for (int i = 0; i <= 3'000; ++i) growth.step(start + seconds(i), 7 * i);
  DOUBLES_EQUAL(7.0, growth.per_second(start + seconds(3'000)).value(), 1e-9);
}

TEST(Growth, two_steps_at_once_say_nothing) {
  growth.step(start, 0);
  growth.step(start, 100);
  CHECK_FALSE(growth.per_second(start).has_value());
}
