#include "core/interlock.hpp"

#include <chrono>
#include <optional>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using std::chrono::seconds;

TEST_GROUP(Interlock) {
  const Instant start{seconds(1'000)};
  sluice::Interlock free{{}, start};
  sluice::Interlock pump{{.min_on = seconds(30), .min_off = seconds(180)}, start};

  // Says at `s` seconds after the start what is wanted; true when it is switched.
  bool switches(sluice::Interlock & output, bool wanted, int s) {
    const std::optional<bool> change = output.update(wanted, start + seconds(s));
    if (change) CHECK_TRUE(*change == wanted);
    CHECK_TRUE(change.has_value() == (output.on() == wanted) || !change);
    return change.has_value();
  }
};

TEST(Interlock, follows_at_once_without_least_times) {
  CHECK_TRUE(switches(free, true, 0));
  CHECK_TRUE(switches(free, false, 0));
  CHECK_TRUE(switches(free, true, 1));
}

TEST(Interlock, switches_only_when_something_else_is_wanted) {
  CHECK_FALSE(switches(free, false, 0));
  CHECK_TRUE(switches(free, true, 1));
  CHECK_FALSE(switches(free, true, 2));
}

TEST(Interlock, is_off_for_its_least_time_after_the_start) {
  CHECK_FALSE(switches(pump, true, 0));
  CHECK_FALSE(switches(pump, true, 179));
  CHECK_TRUE(switches(pump, true, 180));
}

TEST(Interlock, stays_on_for_its_least_time) {
  CHECK_TRUE(switches(pump, true, 200));
  CHECK_FALSE(switches(pump, false, 201));
  CHECK_FALSE(switches(pump, false, 229));
  CHECK_TRUE(pump.on());
  CHECK_TRUE(switches(pump, false, 230));
}

TEST(Interlock, stays_off_for_its_least_time) {
  CHECK_TRUE(switches(pump, true, 200));
  CHECK_TRUE(switches(pump, false, 300));
  CHECK_FALSE(switches(pump, true, 301));
  CHECK_FALSE(switches(pump, true, 479));
  CHECK_TRUE(switches(pump, true, 480));
}

TEST(Interlock, says_when_it_may_be_switched) {
  CHECK_TRUE(pump.due() == Instant::max());
  CHECK_FALSE(switches(pump, true, 10));
  CHECK_TRUE(pump.due() == start + seconds(180));
  CHECK_TRUE(switches(pump, true, 180));
  CHECK_TRUE(pump.due() == Instant::max());
  CHECK_FALSE(switches(pump, false, 190));
  CHECK_TRUE(pump.due() == start + seconds(210));
}

TEST(Interlock, forgets_a_wish_that_is_taken_back) {
  CHECK_FALSE(switches(pump, true, 10));
  CHECK_FALSE(switches(pump, false, 11));
  CHECK_TRUE(pump.due() == Instant::max());
  CHECK_FALSE(switches(pump, false, 500));
}

TEST(Interlock, a_flood_of_wishes_switches_no_more_often) {
  int switched = 0;
  std::optional<int> last;
  for (int s = 0; s < 100'000; ++s) {
    if (!switches(pump, s % 2 == 0, s)) continue;
    ++switched;
    if (last) CHECK_TRUE(s - *last >= (pump.on() ? 180 : 30));
    last = s;
  }
  // A time on and a time off are 210 s, and up to a second more each for the wish to come round.
  CHECK_TRUE(switched >= 2 * 100'000 / 213 - 2 && switched <= 2 * 100'000 / 210 + 2);
}

TEST(Interlock, an_older_tick_holds_nothing_back_without_least_times) {
  CHECK_TRUE(switches(free, true, 5));
  CHECK_TRUE(switches(free, false, 4));
}

TEST(Interlock, goes_on_after_a_reload) {
  CHECK_TRUE(switches(pump, true, 200));
  sluice::Interlock next{{.min_on = seconds(60), .min_off = seconds(10)}, start + seconds(210)};
  next.adopt(pump);
  CHECK_TRUE(next.on());
  CHECK_FALSE(switches(next, false, 259));
  CHECK_TRUE(switches(next, false, 260));
}

TEST(Interlock, begins_anew) {
  CHECK_TRUE(switches(pump, true, 200));
  pump.start(start + seconds(300));
  CHECK_FALSE(pump.on());
  CHECK_FALSE(switches(pump, true, 479));
  CHECK_TRUE(switches(pump, true, 480));
}
