#include "hal/system_clock.hpp"

#include <chrono>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(SystemClock) {
  SystemClock clock;
};

TEST(SystemClock, runs_forward_from_the_boot) {
  const Instant first = clock.now();
  const Instant second = clock.now();
  CHECK_TRUE(first > Instant{});
  CHECK_TRUE(second >= first);
}

TEST(SystemClock, does_not_return_before_the_deadline) {
  const Instant deadline = clock.now() + std::chrono::milliseconds(2);
  clock.sleep_until(deadline);
  CHECK_TRUE(clock.now() >= deadline);
}

TEST(SystemClock, returns_from_a_deadline_that_has_passed) {
  clock.sleep_until(clock.now() - std::chrono::hours(1));
  clock.sleep_until(Instant{});
  clock.sleep_until(Instant::min());
}

TEST(SystemClock, counts_wall_time_from_1970) {
  CHECK_TRUE(clock.wall() > WallTime{});
}

TEST(SystemClock, knows_how_far_off_the_wall_clock_may_be) {
  const Clock::WallTrust trust = clock.wall_trust();
  CHECK_TRUE(trust.uncertainty >= Duration::zero());
}
