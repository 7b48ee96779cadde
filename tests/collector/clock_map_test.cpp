#include "collector/clock_map.hpp"

#include <limits>

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(ClockMap) {
  ClockMap map;

  void add(std::int64_t boot_ns, std::int64_t wall_ns, bool synchronised) {
    ClockRecord record;
    record.time = instant_from_ns(boot_ns);
    record.wall = wall_time_from_ns(wall_ns);
    record.synchronised = synchronised;
    map.add(record);
  }
  void expect(std::int64_t boot_ns, std::int64_t wall_ns) {
    const std::optional<WallTime> wall = map.at(instant_from_ns(boot_ns));
    CHECK(wall.has_value());
    CHECK(*wall == wall_time_from_ns(wall_ns));
  }
};

TEST(ClockMap, knows_nothing_without_a_record) {
  CHECK_FALSE(map.at(instant_from_ns(1)).has_value());
}

TEST(ClockMap, counts_on_from_the_last_record_before) {
  add(100, 1'000, true);
  add(200, 5'000, true);
  expect(150, 1'050);
  expect(200, 5'000);
  expect(260, 5'060);
}

TEST(ClockMap, counts_back_from_a_clock_that_was_found_later) {
  add(100, 1'000, true);
  expect(40, 940);
}

TEST(ClockMap, trusts_a_synchronised_clock_over_any_other) {
  add(10, 7, false);
  expect(50, 47);
  add(100, 1'000, true);
  expect(50, 950);
}

TEST(ClockMap, takes_records_in_any_order) {
  add(200, 5'000, true);
  add(100, 1'000, true);
  expect(150, 1'050);
}

TEST(ClockMap, gives_no_time_where_none_can_be) {
  add(std::numeric_limits<std::int64_t>::min(), 0, true);
  CHECK_FALSE(map.at(instant_from_ns(5)).has_value());
}

}  // namespace sluice::collector
