#include "app/wall_spans.hpp"

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(WallSpans) {
  std::vector<ClockRecord> clocks;

  void clock(std::int64_t boot_s, std::int64_t wall_s) {
    clocks.push_back({Instant(seconds(boot_s)), WallTime(seconds(wall_s)), {}, true});
  }
  void expect(std::int64_t first_s, std::int64_t last_s, std::int64_t from_s, std::int64_t to_s) {
    const std::optional<storage::Span> span =
        boot_span(clocks, WallTime(seconds(from_s)), WallTime(seconds(to_s)));
    CHECK_TRUE(span.has_value());
    CHECK_TRUE(span->first == Instant(seconds(first_s)) && span->last == Instant(seconds(last_s)));
  }
};

TEST(WallSpans, need_a_clock) {
  CHECK_FALSE(boot_span(clocks, WallTime(seconds(0)), WallTime(seconds(10))).has_value());
}

TEST(WallSpans, follow_a_clock_before_and_behind_its_record) {
  clock(100, 1'000'100);
  expect(50, 200, 1'000'050, 1'000'200);
  CHECK_TRUE(wall_at(clocks, Instant(seconds(50))) == WallTime(seconds(1'000'050)));
}

TEST(WallSpans, follow_a_clock_that_was_set) {
  clock(100, 1'000'100);
  clock(200, 2'000'200);
  expect(50, 150, 1'000'050, 1'000'150);
  expect(250, 300, 2'000'250, 2'000'300);
  expect(150, 250, 1'000'150, 2'000'250);
  CHECK_TRUE(wall_at(clocks, Instant(seconds(199))) == WallTime(seconds(1'000'199)));
  CHECK_TRUE(wall_at(clocks, Instant(seconds(200))) == WallTime(seconds(2'000'200)));
}

TEST(WallSpans, a_time_that_the_clock_left_out_is_nowhere) {
  clock(100, 1'000'100);
  clock(200, 2'000'200);
  CHECK_FALSE(
      boot_span(clocks, WallTime(seconds(1'500'000)), WallTime(seconds(1'500'010))).has_value());
}

TEST(WallSpans, stop_at_the_ends_of_time) {
  clock(100, 1'000'100);
  const std::optional<storage::Span> all = boot_span(clocks, WallTime::min(), WallTime::max());
  CHECK_TRUE(all->first == Instant::min());
  CHECK_TRUE(all->last > Instant(seconds(9'000'000'000)));
  CHECK_TRUE(wall_at(clocks, Instant::max()) == WallTime::max());
}
