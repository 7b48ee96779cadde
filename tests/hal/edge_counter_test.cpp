#include "hal/edge_counter.hpp"

#include <chrono>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using Counted = EdgeCounter::Counted;

constexpr EdgeCounter::Options kPlain{};
constexpr EdgeCounter::Options kDebounced{.counted = Counted::kRising,
                                          .debounce = milliseconds(10)};

}  // namespace

TEST_GROUP(EdgeCounter) {
  Duration now = seconds(100);

  EdgeCounter begun(const EdgeCounter::Options& options, bool level = false) {
    EdgeCounter counter(options);
    counter.begin(level, now);
    return counter;
  }
  void edge(EdgeCounter & counter, bool rising, Duration after) {
    now += after;
    counter.take(rising, now);
  }
  void settle(EdgeCounter & counter, Duration after) {
    now += after;
    counter.settle(now);
  }
};

TEST(EdgeCounter, counts_rising_falling_or_both) {
  EdgeCounter rising = begun(kPlain);
  EdgeCounter falling = begun({.counted = Counted::kFalling});
  EdgeCounter both = begun({.counted = Counted::kBoth});
  for (EdgeCounter* const counter : {&rising, &falling, &both}) {
    for (const bool up : {true, false, true}) edge(*counter, up, milliseconds(1));
  }
  LONGS_EQUAL(2, rising.count());
  LONGS_EQUAL(1, falling.count());
  LONGS_EQUAL(3, both.count());
  CHECK_TRUE(rising.level());
}

TEST(EdgeCounter, takes_a_contact_that_bounces_for_one_edge) {
  EdgeCounter counter = begun(kDebounced);
  for (int i = 0; i < 5; ++i) {
    edge(counter, true, milliseconds(1));
    edge(counter, false, milliseconds(1));
  }
  edge(counter, true, milliseconds(1));
  settle(counter, milliseconds(9));
  LONGS_EQUAL(0, counter.count());
  CHECK_FALSE(counter.level());
  settle(counter, milliseconds(1));
  LONGS_EQUAL(1, counter.count());
  CHECK_TRUE(counter.level());
}

TEST(EdgeCounter, counts_a_press_that_nobody_looked_at_meanwhile) {
  EdgeCounter counter = begun(kDebounced);
  edge(counter, true, milliseconds(1));
  edge(counter, false, milliseconds(10));
  edge(counter, true, milliseconds(500));
  edge(counter, false, milliseconds(500));
  LONGS_EQUAL(2, counter.count());
}

TEST(EdgeCounter, does_not_count_a_spike) {
  EdgeCounter counter = begun(kDebounced);
  edge(counter, true, seconds(1));
  edge(counter, false, milliseconds(9));
  settle(counter, seconds(1));
  LONGS_EQUAL(0, counter.count());
}

TEST(EdgeCounter, does_not_count_a_line_that_comes_back_to_its_level) {
  EdgeCounter counter = begun({.counted = Counted::kBoth, .debounce = milliseconds(10)}, true);
  edge(counter, false, seconds(1));
  edge(counter, true, milliseconds(2));
  settle(counter, seconds(1));
  LONGS_EQUAL(0, counter.count());
  CHECK_TRUE(counter.level());
}

TEST(EdgeCounter, is_right_without_the_edges_of_a_bounce) {
  EdgeCounter counter = begun(kDebounced);
  edge(counter, true, milliseconds(1));
  now += milliseconds(9);
  CHECK_FALSE(counter.bridge(true, now));
  settle(counter, milliseconds(10));
  LONGS_EQUAL(1, counter.count());
}

TEST(EdgeCounter, knows_when_more_than_a_bounce_may_be_missing) {
  EdgeCounter counter = begun(kDebounced);
  edge(counter, true, milliseconds(1));
  now += milliseconds(10);
  CHECK_TRUE(counter.bridge(false, now));
  EdgeCounter plain = begun(kPlain);
  CHECK_TRUE(plain.bridge(true, now));
}

TEST(EdgeCounter, measures_the_rate_by_the_stamps_of_the_edges) {
  EdgeCounter counter = begun(kPlain);
  DOUBLES_EQUAL(0.0, counter.rate(now), 0.0);
  // 40 edges a second; the first of them has none before it.
  for (int i = 0; i < 41; ++i) edge(counter, true, milliseconds(25));
  DOUBLES_EQUAL(40.0, counter.rate(now + milliseconds(3)), 1e-9);
  for (int i = 0; i < 20; ++i) edge(counter, true, milliseconds(50));
  DOUBLES_EQUAL(20.0, counter.rate(now + milliseconds(40)), 1e-9);
}

TEST(EdgeCounter, measures_rates_below_one_edge_a_look) {
  EdgeCounter counter = begun({.silence = seconds(60)});
  edge(counter, true, seconds(1));
  DOUBLES_EQUAL(0.0, counter.rate(now), 0.0);
  edge(counter, true, seconds(4));
  DOUBLES_EQUAL(0.25, counter.rate(now), 1e-9);
  DOUBLES_EQUAL(0.25, counter.rate(now + seconds(3)), 1e-9);
  DOUBLES_EQUAL(0.125, counter.rate(now + seconds(8)), 1e-9);
  edge(counter, true, seconds(10));
  DOUBLES_EQUAL(0.1, counter.rate(now), 1e-9);
}

TEST(EdgeCounter, is_silent_after_a_while_and_begins_anew) {
  EdgeCounter counter = begun(kPlain);
  for (int i = 0; i < 3; ++i) edge(counter, true, seconds(1));
  DOUBLES_EQUAL(1.0, counter.rate(now), 1e-9);
  DOUBLES_EQUAL(0.0, counter.rate(now + seconds(10)), 0.0);
  // The hour of silence is no part of the next rate.
  edge(counter, true, std::chrono::hours(1));
  DOUBLES_EQUAL(0.0, counter.rate(now), 0.0);
  edge(counter, true, milliseconds(500));
  DOUBLES_EQUAL(2.0, counter.rate(now), 1e-9);
  LONGS_EQUAL(5, counter.count());
}

TEST(EdgeCounter, measures_no_rate_over_a_time_of_which_edges_are_missing) {
  EdgeCounter counter = begun(kPlain);
  for (int i = 0; i < 3; ++i) edge(counter, true, milliseconds(1));
  CHECK_TRUE(counter.bridge(false, now + seconds(5)));
  DOUBLES_EQUAL(0.0, counter.rate(now + seconds(5)), 0.0);
  LONGS_EQUAL(3, counter.count());
}

TEST(EdgeCounter, outlives_two_edges_of_one_time) {
  EdgeCounter counter = begun(kPlain);
  edge(counter, true, Duration::zero());
  edge(counter, true, Duration::zero());
  DOUBLES_EQUAL(0.0, counter.rate(now), 0.0);
  LONGS_EQUAL(2, counter.count());
}
