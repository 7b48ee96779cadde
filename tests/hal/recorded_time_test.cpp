#include "hal/recorded_time.hpp"

#include <optional>
#include <string_view>

#include <CppUTest/TestHarness.h>

namespace sluice::hal {

TEST_GROUP(RecordedTime){void check(std::int64_t ns, std::string_view text) const {
    const std::optional<std::int64_t> parsed = parse_recorded_time(text);
CHECK_TRUE(parsed.has_value());
LONGLONGS_EQUAL(ns, *parsed);
}  // namespace sluice::hal
}
;

TEST(RecordedTime, is_a_number_of_seconds) {
  check(100'000'000'000, "100");
  check(-500'000'000, "-0.5");
}

TEST(RecordedTime, is_a_date_and_time_of_day) {
  check(1'393'631'999'000'000'000, "2014-02-28 23:59:59");
  check(1'393'632'000'000'000'000, "2014-03-01T00:00:00");
}

TEST(RecordedTime, may_have_a_fraction_of_a_second) {
  check(1'393'632'000'500'000'000, "2014-03-01 00:00:00.5");
}

TEST(RecordedTime, is_no_other_text) {
  for (const char* text : {"", "noon", "nan", "12:30", "2014-02-30 00:00:00", "2014-01-01 24:00:00",
                           "2014-01-01 00:00:00Z", "2014-01-01 00:00:00.x"}) {
    CHECK_FALSE(parse_recorded_time(text).has_value());
  }
}

TEST(RecordedTime, fits_into_nanoseconds) {
  check(9'000'000'000'000'000'000, "9e9");
  CHECK_FALSE(parse_recorded_time("1e10").has_value());
}

}  // namespace sluice::hal
