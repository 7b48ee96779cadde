#include "hal/local_time.hpp"

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

}  // namespace sluice::hal
