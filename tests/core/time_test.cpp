#include "core/time.hpp"

#include <cstdint>
#include <limits>
#include <type_traits>

#include <CppUTest/TestHarness.h>

namespace sluice {

// Mixing the two kinds of time up does not compile.
static_assert(!std::is_convertible_v<Instant, WallTime>);
static_assert(!std::is_convertible_v<WallTime, Instant>);
static_assert(!std::is_convertible_v<Duration, Instant>);
static_assert(!std::is_convertible_v<std::int64_t, Duration>);

TEST_GROUP(Time){};

TEST(Time, starts_at_boot) {
  CHECK_EQUAL(0, to_ns(Instant()));
}

TEST(Time, keeps_every_nanosecond_of_an_instant) {
  CHECK_EQUAL(1, to_ns(instant_from_ns(1)));
  const std::int64_t last = std::numeric_limits<std::int64_t>::max();
  CHECK_EQUAL(last, to_ns(instant_from_ns(last)));
}

TEST(Time, keeps_every_nanosecond_of_wall_time) {
  CHECK_EQUAL(1'700'000'000'000'000'001, to_ns(wall_time_from_ns(1'700'000'000'000'000'001)));
}

TEST(Time, counts_wall_time_from_1970) {
  using namespace std::chrono;
  const WallTime first_of_2000 = sys_days(2000y / January / 1);
  CHECK_EQUAL(946'684'800'000'000'000, to_ns(first_of_2000));
}

TEST(Time, subtracts_instants_to_a_duration) {
  const Duration span = instant_from_ns(5'000) - instant_from_ns(2'000);
  CHECK_EQUAL(3'000, to_ns(span));
}

TEST(Time, shows_a_duration_in_seconds) {
  DOUBLES_EQUAL(1.5, to_seconds(std::chrono::milliseconds(1500)), 0.0);
  DOUBLES_EQUAL(-0.001, to_seconds(std::chrono::milliseconds(-1)), 0.0);
}

}  // namespace sluice
