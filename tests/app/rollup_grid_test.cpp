#include "app/rollup_grid.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(RollupGrid) {
  std::vector<ClockRecord> clocks;

  void clock(std::int64_t boot_s, std::int64_t wall_s) {
    clocks.push_back({Instant(seconds(boot_s)), WallTime(seconds(wall_s)), {}, true});
  }
  void expect(std::int64_t begin_s, std::int64_t end_s, std::int64_t time_s) const {
    const WindowBounds bounds = window_at(clocks, Instant(seconds(time_s)), minutes(1));
    CHECK_TRUE(bounds == (WindowBounds{Instant(seconds(begin_s)), Instant(seconds(end_s))}));
  }
};

TEST(RollupGrid, has_multiples_of_boot_time_while_nobody_knows_what_time_it_is) {
  expect(0, 60, 0);
  expect(60, 120, 119);
  expect(-60, 0, -1);
}

TEST(RollupGrid, has_multiples_of_wall_time_once_it_is_known) {
  clock(1'000, 6'000'050);
  // 6'000'000 is a multiple of a minute: 950 on the boot's axis.
  expect(950, 1'010, 1'000);
  expect(890, 950, 949);
}

TEST(RollupGrid, ends_a_window_where_the_clock_was_set) {
  clock(1'000, 6'000'050);
  clock(1'100, 7'000'010);
  expect(1'070, 1'100, 1'099);
  expect(1'100, 1'110, 1'100);
  expect(1'110, 1'170, 1'160);
}

TEST(RollupGrid, is_of_windows_side_by_side) {
  clock(1'000, 6'000'050);
  clock(1'100, 7'000'010);
  clock(1'300, 5'000'000);
  Instant end(seconds(900));
  while (end < Instant(seconds(1'500))) {
    const WindowBounds bounds = window_at(clocks, end, seconds(7));
    CHECK_TRUE(bounds.begin <= end && bounds.end > end);
    CHECK_TRUE(bounds.begin == end || end == Instant(seconds(900)));
    CHECK_TRUE(bounds.end - bounds.begin <= seconds(7));
    end = bounds.end;
  }
}

TEST(RollupGrid, takes_clocks_that_say_anything) {
  constexpr std::int64_t kMost = std::numeric_limits<std::int64_t>::max();
  for (const std::int64_t wall : {kMost, -kMost - 1, std::int64_t{0}}) {
    for (const std::int64_t boot : {kMost, -kMost - 1, std::int64_t{5}}) {
      clocks = {{instant_from_ns(boot), wall_time_from_ns(wall), {}, true}};
      for (const std::int64_t time : {kMost, -kMost - 1, std::int64_t{7}}) {
        const WindowBounds bounds = window_at(clocks, instant_from_ns(time), minutes(1));
        CHECK_TRUE(bounds.begin <= instant_from_ns(time) && bounds.end >= instant_from_ns(time));
      }
    }
  }
}
