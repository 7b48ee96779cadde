#include "hal/local_time.hpp"

#include <chrono>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::hal {

TEST_GROUP(LocalTime) {
  std::optional<std::string> zone;

  void setup() override {
    if (const char* const present = std::getenv("TZ")) zone = present;
  }
  void teardown() override {
    if (zone) {
      ::setenv("TZ", zone->c_str(), 1);
    } else {
      ::unsetenv("TZ");
    }
    ::tzset();
  }
  // In a zone that is two hours ahead of UTC.
  static int minute_at(std::int64_t seconds) {
    ::setenv("TZ", "EET-2", 1);
    ::tzset();
    return local_minute_of_day(WallTime(std::chrono::seconds(seconds)));
  }
};

TEST(LocalTime, is_that_of_the_zone) {
  LONGS_EQUAL(2 * 60, minute_at(0));
  LONGS_EQUAL(2 * 60 + 1, minute_at(60));
}

TEST(LocalTime, begins_anew_at_midnight) {
  LONGS_EQUAL(24 * 60 - 1, minute_at(22 * 3'600 - 1));
  LONGS_EQUAL(0, minute_at(22 * 3'600));
}

TEST(LocalTime, goes_back_before_1970) {
  LONGS_EQUAL(2 * 60 - 1, minute_at(-1));
}

// In 2024 clocks go forward in the night of 31 March, and back in that of 27 October.
TEST(LocalTime, has_days_of_23_and_25_hours_where_clocks_are_changed) {
  ::setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
  ::tzset();
  using namespace std::chrono_literals;
  const auto at = [](int month, int day) {
    return WallTime(std::chrono::sys_days(std::chrono::year(2024) / month / day));
  };
  const auto expect_day = [](WallTime inside, WallTime begin, WallTime end) {
    CHECK_TRUE(local_day_begin(inside) == begin);
    CHECK_TRUE(local_day_end(inside) == end);
  };
  expect_day(at(3, 31) + 12h, at(3, 31) - 1h, at(3, 31) + 22h);
  expect_day(at(10, 27) + 12h, at(10, 27) - 2h, at(10, 27) + 23h);
  expect_day(at(10, 27) - 2h, at(10, 27) - 2h, at(10, 27) + 23h);
  expect_day(at(12, 31) + 12h, at(12, 31) - 1h, at(12, 31) + 23h);
}

}  // namespace sluice::hal
