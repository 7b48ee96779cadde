#include "core/sliding_window.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <optional>
#include <vector>

#include "core/windows.hpp"
#include "tests/core/allocations.hpp"
#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace std::chrono_literals;
using std::chrono::seconds;

TEST_GROUP(SlidingWindow) {
  std::vector<Summary> panes;

  std::optional<SlidingWindow::Ended> feed(SlidingWindow & window, std::int64_t s,
                                           const std::optional<double>& good) {
    panes.resize(window.panes());
    return window.update(Instant(seconds(s)), good, panes);
  }
};

TEST(SlidingWindow, hops_at_each_reading_when_it_holds_few) {
  const SlidingWindow window(5s, 1s);
  CHECK_TRUE(window.hop() == 1s);
  CHECK_EQUAL(6U, window.panes());
}

TEST(SlidingWindow, hops_by_whole_periods_where_they_fit) {
  CHECK_TRUE(SlidingWindow(10min, 1s).hop() == 75s);
  CHECK_TRUE(SlidingWindow(60s, 5s).hop() == 10s);
  CHECK_TRUE(SlidingWindow(11s, 1s).hop() == 1'375ms);
}

TEST(SlidingWindow, holds_its_end_and_not_its_begin) {
  SlidingWindow window(4s, 1s);
  for (int s = 100; s < 104; ++s)
    CHECK_FALSE(feed(window, s, s).value_or(SlidingWindow::Ended{}).whole);
  const auto ended = feed(window, 104, 104.0);
  CHECK_TRUE(ended && ended->whole);
  CHECK_EQUAL(4U, ended->summary.count());
  CHECK_EQUAL(101.0, ended->summary.min());
  CHECK_EQUAL(104.0, ended->summary.max());
}

TEST(SlidingWindow, ends_without_values_too) {
  SlidingWindow window(2s, 1s);
  feed(window, 10, 1.0);
  feed(window, 11, std::nullopt);
  CHECK_EQUAL(0U, feed(window, 12, std::nullopt)->summary.count());
}

TEST(SlidingWindow, forgets_what_lies_behind_a_long_gap) {
  SlidingWindow window(8s, 1s);
  for (int s = 100; s < 120; ++s) feed(window, s, 1.0);
  const auto ended = feed(window, 500, 2.0);
  CHECK_EQUAL(1U, ended->summary.count());
  CHECK_EQUAL(2.0, ended->summary.min());
}

TEST(SlidingWindow, is_not_whole_until_it_begins_after_an_interruption) {
  SlidingWindow window(2s, 1s);
  for (int s = 10; s < 13; ++s) feed(window, s, 1.0);
  CHECK_TRUE(feed(window, 13, 1.0)->whole);
  window.interrupt();
  CHECK_FALSE(feed(window, 14, 1.0)->whole);
  CHECK_FALSE(feed(window, 15, 1.0)->whole);
  CHECK_TRUE(feed(window, 16, 1.0)->whole);
}

// One set of operators: what the rule judges is what the batch layer finds in stored data.
TEST(SlidingWindow, comes_to_the_same_as_hopping_windows_over_the_same_readings) {
  SlidingWindow sliding(80s, 1s);
  Windows windows({.size = 80s, .hop = 10s, .ahead = 10s});
  int compared = 0;
  for (int s = 1; s <= 400; ++s) {
    const double value = std::sin(s) * 1e3;
    // Their windows hold the begin and not the end: a nanosecond earlier is the same for both.
    windows.add(to_ns(Duration(seconds(s))) - 1, value, Quality::kGood);
    const auto ended = feed(sliding, s, value);
    windows.advance(to_ns(Duration(seconds(s))), [&](const Windows::Result& result) {
      if (!ended || !ended->whole) return;
      ++compared;
      CHECK_EQUAL(result.summary.count(), ended->summary.count());
      CHECK_TRUE(result.summary.sum() == ended->summary.sum());
      CHECK_TRUE(result.summary.deviation() == ended->summary.deviation());
      CHECK_TRUE(result.summary.delta() == ended->summary.delta());
    });
  }
  CHECK_TRUE(compared >= 30);
}

TEST(SlidingWindow, allocates_nothing_while_it_works) {
  SlidingWindow window(10min, 1s);
  panes.resize(window.panes());
  CHECK_EQUAL(0U, allocations_during([&] {
                for (int s = 0; s < 2'000; ++s) feed(window, s, s);
              }));
}
