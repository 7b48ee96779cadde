#include "core/filter.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <limits>
#include <numeric>
#include <optional>
#include <random>
#include <vector>

#include "tests/core/allocations.hpp"
#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {

using std::chrono::seconds;

TEST_GROUP(Filter) {
  static constexpr double kHuge = std::numeric_limits<double>::max();
  static Instant at(double s) {
    return instant_from_ns(std::llround(s * 1e9));
  }

  // One value a second.
  static std::vector<double> run(const FilterSpec& spec, const std::vector<double>& values) {
    Filter filter(spec);
    std::vector<double> filtered;
    double second = 0.0;
    for (const double value : values) filtered.push_back(*filter.apply(value, at(second++)));
    return filtered;
  }
  static std::vector<double> noise(std::size_t count) {
    std::mt19937 random(3);
    std::vector<double> values;
    // Few different values, so that equal ones meet in a window.
    while (values.size() < count) values.push_back(static_cast<double>(random() % 40) / 4.0 - 5.0);
    return values;
  }
  static std::vector<double> last_of(const std::vector<double>& values, std::size_t end,
                                     std::size_t window) {
    const auto stop = values.begin() + static_cast<std::ptrdiff_t>(end);
    const auto start = end > window ? stop - static_cast<std::ptrdiff_t>(window) : values.begin();
    return {start, stop};
  }
};

TEST(Filter, median_drops_a_spike) {
  const std::vector<double> expected = {20.0, 20.5, 21.0, 21.0, 21.0};
  CHECK_TRUE(expected == run(Median{3}, {20.0, 21.0, 999.0, 21.0, 20.0}));
}

TEST(Filter, median_of_an_even_window_is_the_mean_of_the_middle_two) {
  DOUBLES_EQUAL(2.5, run(Median{4}, {1.0, 2.0, 3.0, 100.0}).back(), 0.0);
}

TEST(Filter, median_of_huge_values_does_not_overflow) {
  DOUBLES_EQUAL(kHuge, run(Median{2}, {kHuge, kHuge}).back(), 0.0);
}

TEST(Filter, median_agrees_with_sorting_for_every_window) {
  const std::vector<double> values = noise(150);
  for (std::size_t window = 1; window <= kFilterWindowMax; ++window) {
    const std::vector<double> filtered = run(Median{window}, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      std::vector<double> seen = last_of(values, i + 1, window);
      std::sort(seen.begin(), seen.end());
      const double upper = seen[seen.size() / 2];
      const double lower = seen[(seen.size() - 1) / 2];
      DOUBLES_EQUAL((lower + upper) / 2.0, filtered[i], 0.0);
    }
  }
}

TEST(Filter, mean_agrees_with_summing_for_every_window) {
  const std::vector<double> values = noise(150);
  for (std::size_t window = 1; window <= kFilterWindowMax; ++window) {
    const std::vector<double> filtered = run(MovingMean{window}, values);
    for (std::size_t i = 0; i < values.size(); ++i) {
      const std::vector<double> seen = last_of(values, i + 1, window);
      const double sum = std::accumulate(seen.begin(), seen.end(), 0.0);
      DOUBLES_EQUAL(sum / static_cast<double>(seen.size()), filtered[i], 0.0);
    }
  }
}

TEST(Filter, mean_forgets_a_value_wholly_when_it_has_left_the_window) {
  DOUBLES_EQUAL(0.1, run(MovingMean{2}, {1e300, 0.1, 0.1}).back(), 0.0);
}

TEST(Filter, exponential_starts_at_the_first_value) {
  DOUBLES_EQUAL(20.0, run(Exponential{seconds(5)}, {20.0}).front(), 0.0);
}

TEST(Filter, exponential_goes_63_percent_of_a_step_in_its_time_constant) {
  Filter filter(Exponential{seconds(5)});
  filter.apply(0.0, at(0));
  DOUBLES_EQUAL(1.0 - std::exp(-1.0), *filter.apply(1.0, at(5)), 1e-12);
}

TEST(Filter, exponential_arrives_at_the_same_place_whatever_the_period) {
  Filter fast(Exponential{seconds(5)});
  Filter slow(Exponential{seconds(5)});
  Filter uneven(Exponential{seconds(5)});
  fast.apply(0.0, at(0));
  slow.apply(0.0, at(0));
  uneven.apply(0.0, at(0));
  for (int i = 1; i < 60; ++i) fast.apply(1.0, at(0.1 * i));
  slow.apply(1.0, at(3));
  uneven.apply(1.0, at(1));
  uneven.apply(1.0, at(1.5));
  const double expected = 1.0 - std::exp(-6.0 / 5.0);
  DOUBLES_EQUAL(expected, *fast.apply(1.0, at(6)), 1e-12);
  DOUBLES_EQUAL(expected, *slow.apply(1.0, at(6)), 1e-12);
  DOUBLES_EQUAL(expected, *uneven.apply(1.0, at(6)), 1e-12);
}

TEST(Filter, exponential_keeps_a_constant_exactly) {
  for (const double value : run(Exponential{seconds(3)}, {0.1, 0.1, 0.1, 0.1})) {
    DOUBLES_EQUAL(0.1, value, 0.0);
  }
}

TEST(Filter, exponential_of_huge_values_does_not_overflow) {
  const std::vector<double> values = run(Exponential{seconds(1)}, {-kHuge, kHuge, -kHuge, 0.0});
  for (const double value : values) CHECK_TRUE(std::isfinite(value));
}

TEST(Filter, exponential_without_a_time_constant_passes_values_on) {
  DOUBLES_EQUAL(7.0, run(Exponential{}, {1.0, 7.0}).back(), 0.0);
}

TEST(Filter, exponential_ignores_a_second_value_of_the_same_tick) {
  Filter filter(Exponential{seconds(1)});
  filter.apply(1.0, at(0));
  DOUBLES_EQUAL(1.0, *filter.apply(9.0, at(0)), 0.0);
}

TEST(Filter, clamp_holds_values_between_its_ends) {
  const std::vector<double> expected = {0.0, 0.5, 1.0};
  CHECK_TRUE(expected == run(Clamp{0.0, 1.0}, {-3.0, 0.5, 8.0}));
}

TEST(Filter, deadband_passes_the_first_value) {
  Filter filter(Deadband{.width = 1.0});
  DOUBLES_EQUAL(20.0, *filter.apply(20.0, at(0)), 0.0);
}

TEST(Filter, deadband_holds_back_what_differs_by_less_than_its_width) {
  Filter filter(Deadband{.width = 1.0});
  filter.apply(20.0, at(0));
  CHECK_FALSE(filter.apply(20.75, at(1)).has_value());
  CHECK_FALSE(filter.apply(19.25, at(2)).has_value());
  CHECK_TRUE(filter.apply(21.0, at(3)).has_value());
}

TEST(Filter, deadband_compares_with_the_last_passed_value_and_so_sees_a_slow_drift) {
  Filter filter(Deadband{.width = 1.0});
  filter.apply(20.0, at(0));
  CHECK_FALSE(filter.apply(20.5, at(1)).has_value());
  CHECK_TRUE(filter.apply(21.0, at(2)).has_value());
  CHECK_FALSE(filter.apply(20.5, at(3)).has_value());
  CHECK_TRUE(filter.apply(20.0, at(4)).has_value());
}

TEST(Filter, deadband_breaks_a_silence_that_is_too_long) {
  Filter filter(Deadband{.width = 1.0, .silence_max = seconds(10)});
  filter.apply(20.0, at(0));
  CHECK_FALSE(filter.apply(20.0, at(9.9)).has_value());
  CHECK_TRUE(filter.apply(20.0, at(10)).has_value());
  CHECK_FALSE(filter.apply(20.0, at(19.9)).has_value());
}

TEST(Filter, deadband_passes_the_first_good_value_after_a_fault) {
  Filter filter(Deadband{.width = 1.0});
  filter.apply(20.0, at(0));
  filter.interrupt();
  CHECK_TRUE(filter.apply(20.0, at(1)).has_value());
}

TEST(Filter, goes_on_from_a_copy_as_from_itself) {
  const std::vector<double> values = noise(40);
  for (const FilterSpec& spec :
       {FilterSpec(Median{5}), FilterSpec(MovingMean{6}), FilterSpec(Exponential{seconds(2)}),
        FilterSpec(Clamp{-1.0, 1.0}), FilterSpec(Deadband{2.0, seconds(7)})}) {
    Filter filter(spec);
    for (std::size_t i = 0; i < values.size(); ++i) {
      Filter copy = filter;
      const Instant tick = at(static_cast<double>(i));
      CHECK_TRUE(copy.apply(values[i], tick) == filter.apply(values[i], tick));
    }
    CHECK_TRUE(filter.spec() == spec);
  }
}

TEST(Filter, stops_the_process_on_a_spec_that_cannot_be) {
  CHECK_FALSE(last_words([] { Filter filter(Median{0}); }).empty());
  CHECK_FALSE(last_words([] { Filter filter(Median{kFilterWindowMax + 1}); }).empty());
  CHECK_FALSE(last_words([] { Filter filter(MovingMean{0}); }).empty());
  CHECK_FALSE(last_words([] { Filter filter(Exponential{seconds(-1)}); }).empty());
  CHECK_FALSE(last_words([] { Filter filter(Clamp{2.0, 1.0}); }).empty());
  CHECK_FALSE(last_words([] { Filter filter(Deadband{.width = -1.0}); }).empty());
}

TEST_GROUP(FilterChain){static Instant at(int s){return instant_from_ns(to_ns(seconds(s)));
}  // namespace sluice
static FilterChain chain(const std::vector<FilterSpec>& specs) {
  return FilterChain(specs);
}
}
;

TEST(FilterChain, passes_values_on_without_filters) {
  FilterChain empty = chain({});
  DOUBLES_EQUAL(3.0, empty.apply(3.0, at(0)).value, 0.0);
  CHECK_TRUE(empty.apply(3.0, at(1)).recorded);
}

TEST(FilterChain, applies_filters_in_their_order) {
  FilterChain clamp_first = chain({Clamp{0.0, 10.0}, MovingMean{2}});
  FilterChain mean_first = chain({MovingMean{2}, Clamp{0.0, 10.0}});
  clamp_first.apply(0.0, at(0));
  mean_first.apply(0.0, at(0));
  DOUBLES_EQUAL(5.0, clamp_first.apply(100.0, at(1)).value, 0.0);
  DOUBLES_EQUAL(10.0, mean_first.apply(100.0, at(1)).value, 0.0);
}

TEST(FilterChain, filters_on_what_a_deadband_does_not_record) {
  FilterChain filters = chain({Deadband{.width = 5.0}, MovingMean{2}});
  CHECK_TRUE(filters.apply(10.0, at(0)).recorded);
  const FilterChain::Filtered second = filters.apply(12.0, at(1));
  CHECK_FALSE(second.recorded);
  DOUBLES_EQUAL(11.0, second.value, 0.0);
}

// It would take a value for passed that the first held back, and then hold back the next one that
// the first lets through.
TEST(FilterChain, hides_from_a_second_deadband_what_the_first_holds_back) {
  FilterChain filters = chain({Deadband{.width = 2.0}, Deadband{.width = 1.0}});
  filters.apply(10.0, at(0));
  CHECK_FALSE(filters.apply(11.5, at(1)).recorded);
  CHECK_TRUE(filters.apply(12.0, at(2)).recorded);
}

TEST(FilterChain, takes_over_the_memory_of_the_same_filters) {
  FilterChain old_chain = chain({MovingMean{3}, Clamp{0.0, 100.0}});
  old_chain.apply(30.0, at(0));
  FilterChain new_chain = chain({MovingMean{3}, Clamp{0.0, 100.0}});
  CHECK_TRUE(new_chain.adopt(old_chain));
  DOUBLES_EQUAL(20.0, new_chain.apply(10.0, at(1)).value, 0.0);
}

TEST(FilterChain, takes_over_nothing_from_other_filters) {
  FilterChain old_chain = chain({MovingMean{3}});
  old_chain.apply(30.0, at(0));
  FilterChain wider = chain({MovingMean{4}});
  FilterChain longer = chain({MovingMean{3}, MovingMean{3}});
  CHECK_FALSE(wider.adopt(old_chain));
  CHECK_FALSE(longer.adopt(old_chain));
  CHECK_FALSE(chain({}).adopt(old_chain));
  DOUBLES_EQUAL(10.0, wider.apply(10.0, at(1)).value, 0.0);
}

TEST(FilterChain, allocates_nothing_after_construction) {
  const std::vector<FilterSpec> specs = {Median{64}, MovingMean{64}, Exponential{seconds(1)},
                                         Clamp{0.0, 1.0}, Deadband{.width = 1.0}};
  FilterChain filters(specs);
  const FilterChain previous(specs);
  CHECK_EQUAL(0U, allocations_during([&] {
                for (int i = 0; i < 200; ++i) filters.apply(i, at(i));
                filters.interrupt();
                CHECK_TRUE(filters.adopt(previous));
              }));
}

}  // namespace sluice
