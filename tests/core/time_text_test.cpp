#include "core/time_text.hpp"

#include <chrono>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(TimeText){};

TEST(TimeText, writes_wall_time_as_iso_8601) {
  STRCMP_EQUAL("2023-11-14T22:13:20.123456789Z",
               to_iso8601(wall_time_from_ns(1'700'000'000'123'456'789)).c_str());
  STRCMP_EQUAL("1969-12-31T23:59:59.999999999Z", to_iso8601(wall_time_from_ns(-1)).c_str());
  STRCMP_EQUAL("1677-09-21T00:12:43.145224192Z", to_iso8601(WallTime::min()).c_str());
}

TEST(TimeText, reads_times_as_people_write_them) {
  CHECK(*parse_time("1970-01-02") == wall_time_from_ns(0) + std::chrono::hours(24));
  CHECK(*parse_time("1970-01-01T01:02") == wall_time_from_ns(0) + std::chrono::minutes(62));
  CHECK(*parse_time("1970-01-01T00:00:09Z") == wall_time_from_ns(9'000'000'000));
}

TEST(TimeText, refuses_what_is_no_time) {
  for (const char* wrong :
       {"", "now", "1970", "1970-1-1", "1970-13-01", "1970-02-30", "1970-01-01T24:00",
        "1970-01-01T00:60", "1970-01-01T00:00:60", "1970-01-01 00:00", "1970-01-01T00:00:00+1",
        "1970-01-01x", "1500-01-01", "2300-01-01", "1970-01-01T", "-970-01-01"}) {
    if (parse_time(wrong).ok()) FAIL(wrong);
  }
}

}  // namespace sluice
