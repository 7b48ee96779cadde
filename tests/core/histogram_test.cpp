#include "core/histogram.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <random>
#include <vector>

#include "core/published.hpp"
#include "tests/core/allocations.hpp"
#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {

using std::chrono::hours;
using std::chrono::microseconds;
using std::chrono::milliseconds;

TEST_GROUP(Histogram) {
  Histogram histogram;

  // Within the promise of 6.25 %.
  static void check_near(Duration expected, Duration actual) {
    DOUBLES_EQUAL(to_seconds(expected), to_seconds(actual), 0.0625 * to_seconds(expected));
  }
};

TEST(Histogram, knows_nothing_at_first) {
  CHECK_EQUAL(0U, histogram.count());
  CHECK_EQUAL(0, to_ns(histogram.max()));
  CHECK_EQUAL(0, to_ns(histogram.quantile(0.5)));
}

TEST(Histogram, gives_the_greatest_exactly) {
  histogram.add(microseconds(1'234));
  histogram.add(microseconds(7));
  CHECK_EQUAL(2U, histogram.count());
  CHECK_EQUAL(1'234'000, to_ns(histogram.max()));
  CHECK_EQUAL(1'234'000, to_ns(histogram.quantile(1.0)));
}

TEST(Histogram, puts_a_quantile_among_what_was_added) {
  for (int i = 1; i <= 100; ++i) histogram.add(milliseconds(i));
  check_near(milliseconds(1), histogram.quantile(0.0));
  check_near(milliseconds(50), histogram.quantile(0.5));
  check_near(milliseconds(99), histogram.quantile(0.99));
}

TEST(Histogram, is_right_everywhere_from_a_microsecond_to_ten_seconds) {
  for (double ns = 1e3; ns <= 1e10; ns *= 1.01) {
    Histogram one;
    const Duration duration(std::llround(ns));
    one.add(duration);
    one.add(hours(1));
    check_near(duration, one.quantile(0.5));
  }
}

TEST(Histogram, agrees_with_sorting) {
  std::mt19937 random(7);
  std::vector<Duration> all;
  for (int i = 0; i < 5'000; ++i) {
    const double exponent = 3.0 + 7.0 * static_cast<double>(random()) / 4294967296.0;
    all.emplace_back(std::llround(std::pow(10.0, exponent)));
    histogram.add(all.back());
  }
  std::sort(all.begin(), all.end());
  for (const double q : {0.01, 0.1, 0.5, 0.9, 0.99, 0.999}) {
    const double rank = std::ceil(q * static_cast<double>(all.size()));
    check_near(all[static_cast<std::size_t>(rank) - 1], histogram.quantile(q));
  }
}

TEST(Histogram, counts_what_is_too_short_or_negative_as_short) {
  histogram.add(Duration(-5));
  histogram.add(Duration(1));
  histogram.add(Duration(511));
  CHECK_EQUAL(3U, histogram.count());
  CHECK_TRUE(histogram.quantile(0.5) < Duration(512));
  CHECK_EQUAL(511, to_ns(histogram.max()));
}

TEST(Histogram, gives_the_greatest_for_what_is_too_long) {
  histogram.add(hours(2));
  histogram.add(Duration(std::numeric_limits<std::int64_t>::max()));
  CHECK_EQUAL(std::numeric_limits<std::int64_t>::max(), to_ns(histogram.quantile(0.5)));
}

TEST(Histogram, never_gives_more_than_was_added) {
  histogram.add(Duration(1'025));
  histogram.add(Duration(1'025));
  histogram.add(Duration(1'025));
  CHECK_EQUAL(1'025, to_ns(histogram.quantile(0.5)));
}

TEST(Histogram, allocates_nothing) {
  CHECK_EQUAL(0U, allocations_during([this] {
                for (int i = 0; i < 100; ++i) histogram.add(microseconds(i));
                static_cast<void>(histogram.quantile(0.5));
              }));
}

TEST(Histogram, can_be_published) {
  Published<Histogram> published;
  histogram.add(milliseconds(3));
  published.publish(histogram);
  CHECK_EQUAL(3'000'000, to_ns(published.read().max()));
}

TEST(Histogram, stops_the_process_on_a_quantile_that_is_none) {
  CHECK_FALSE(last_words([] { static_cast<void>(Histogram().quantile(1.1)); }).empty());
  CHECK_FALSE(last_words([] { static_cast<void>(Histogram().quantile(-0.1)); }).empty());
}

}  // namespace sluice
