#include "core/condition.hpp"

#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

#include "tests/core/allocations.hpp"
#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {

using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

TEST_GROUP(Condition){static Instant at(double s){return instant_from_ns(std::llround(s * 1e9));
}  // namespace sluice

// Feeds one tick and expects what it says.
static void check(Verdict expected, ConditionState& state, double s, std::optional<double> good) {
  ENUMS_EQUAL_INT(expected, state.update(at(s), good));
}
}
;

TEST(Condition, above_holds_from_the_limit_on_and_is_clear_from_the_clear_level_down) {
  ConditionState state(Above{.limit = 80.0, .clear = 75.0});
  check(Verdict::kClear, state, 0, 75.0);
  check(Verdict::kBetween, state, 1, 79.9);
  check(Verdict::kHolds, state, 2, 80.0);
  check(Verdict::kBetween, state, 3, 75.1);
  check(Verdict::kClear, state, 4, -300.0);
}

TEST(Condition, above_without_hysteresis_holds_at_the_limit_itself) {
  ConditionState state(Above{.limit = 80.0, .clear = 80.0});
  check(Verdict::kHolds, state, 0, 80.0);
  check(Verdict::kClear, state, 1, std::nextafter(80.0, 0.0));
}

TEST(Condition, below_holds_from_the_limit_down_and_is_clear_from_the_clear_level_up) {
  ConditionState state(Below{.limit = 5.0, .clear = 8.0});
  check(Verdict::kClear, state, 0, 8.0);
  check(Verdict::kBetween, state, 1, 5.1);
  check(Verdict::kHolds, state, 2, 5.0);
  check(Verdict::kBetween, state, 3, 7.9);
}

TEST(Condition, without_a_good_value_a_limit_says_nothing) {
  ConditionState above(Above{.limit = 80.0, .clear = 75.0});
  ConditionState below(Below{.limit = 5.0, .clear = 8.0});
  check(Verdict::kUnknown, above, 0, std::nullopt);
  check(Verdict::kUnknown, below, 0, std::nullopt);
}

TEST(Condition, rate_is_unknown_until_a_value_is_old_enough) {
  ConditionState state(RateOfChange{.limit_per_s = 2.0, .clear_per_s = 1.0, .over = seconds(10)});
  for (int s = 0; s < 10; ++s) check(Verdict::kUnknown, state, s, 100.0 * s);
  check(Verdict::kHolds, state, 10, 1000.0);
}

TEST(Condition, rate_counts_falling_as_well_as_rising) {
  ConditionState state(RateOfChange{.limit_per_s = 2.0, .clear_per_s = 1.0, .over = seconds(10)});
  check(Verdict::kUnknown, state, 0, 100.0);
  check(Verdict::kHolds, state, 10, 80.0);
}

TEST(Condition, rate_is_clear_at_its_clear_level_and_unchanged_between) {
  ConditionState state(RateOfChange{.limit_per_s = 2.0, .clear_per_s = 1.0, .over = seconds(10)});
  check(Verdict::kUnknown, state, 0, 0.0);
  check(Verdict::kBetween, state, 10, 19.0);
  check(Verdict::kClear, state, 20, 29.0);
}

TEST(Condition, rate_of_a_ramp_is_its_slope_at_any_period) {
  const RateOfChange just_below{.limit_per_s = 3.0001, .clear_per_s = 0.0, .over = seconds(10)};
  const RateOfChange just_at{.limit_per_s = 2.9999, .clear_per_s = 0.0, .over = seconds(10)};
  for (const double period : {0.01, 0.7, 1.0, 1.3, 6.0, 9.0, 10.0, 11.0, 60.0}) {
    ConditionState below(just_below);
    ConditionState holds(just_at);
    const int first_known = static_cast<int>(std::ceil(10.0 / period));
    for (int i = 0; i < 2 * first_known + 30; ++i) {
      const double s = period * i;
      const Verdict verdict = holds.update(at(s), 3.0 * s);
      ENUMS_EQUAL_INT(i < first_known ? Verdict::kUnknown : Verdict::kHolds, verdict);
      CHECK_FALSE(below.update(at(s), 3.0 * s) == Verdict::kHolds);
    }
  }
}

TEST(Condition, rate_sees_a_step_for_about_its_window) {
  ConditionState state(RateOfChange{.limit_per_s = 1.0, .clear_per_s = 0.5, .over = seconds(10)});
  for (int s = 0; s < 30; ++s) state.update(at(s), 0.0);
  check(Verdict::kHolds, state, 30, 20.0);
  int last = 30;
  for (int s = 31; s < 60; ++s) {
    if (state.update(at(s), 20.0) == Verdict::kHolds) last = s;
  }
  CHECK_TRUE(last >= 39 && last <= 43);
}

TEST(Condition, rate_compares_across_a_gap_once_and_then_waits_for_its_window) {
  ConditionState state(RateOfChange{.limit_per_s = 1.0, .clear_per_s = 0.5, .over = seconds(10)});
  for (int s = 0; s <= 20; ++s) state.update(at(s), 0.0);
  check(Verdict::kUnknown, state, 21, std::nullopt);
  check(Verdict::kHolds, state, 100, 90.0);
  for (int s = 101; s < 110; ++s) check(Verdict::kUnknown, state, s, 90.0);
  check(Verdict::kClear, state, 110, 90.0);
}

TEST(Condition, rate_of_two_values_in_one_tick_is_unknown) {
  ConditionState state(RateOfChange{.limit_per_s = 1.0, .clear_per_s = 0.5, .over = seconds(0)});
  check(Verdict::kUnknown, state, 0, 0.0);
  check(Verdict::kUnknown, state, 0, 90.0);
  check(Verdict::kHolds, state, 1, 180.0);
}

TEST(Condition, rate_needs_no_more_points_than_it_has_whatever_the_window) {
  for (std::int64_t over = 0; over < 70; ++over) {
    ConditionState state(
        RateOfChange{.limit_per_s = 1e12, .clear_per_s = 0.0, .over = nanoseconds(over)});
    for (std::int64_t ns = 0; ns < 300; ++ns) state.update(instant_from_ns(ns), 1.0);
  }
}

TEST(Condition, no_data_counts_from_the_first_tick) {
  ConditionState state(NoData{.after = seconds(30)});
  check(Verdict::kClear, state, 1000, std::nullopt);
  check(Verdict::kClear, state, 1029, std::nullopt);
  check(Verdict::kHolds, state, 1030, std::nullopt);
}

TEST(Condition, no_data_counts_from_the_last_good_reading_and_ends_with_the_next) {
  ConditionState state(NoData{.after = seconds(30)});
  check(Verdict::kClear, state, 0, std::nullopt);
  check(Verdict::kClear, state, 20, 1.0);
  check(Verdict::kClear, state, 49, std::nullopt);
  check(Verdict::kHolds, state, 50, std::nullopt);
  check(Verdict::kHolds, state, 51, std::nullopt);
  check(Verdict::kClear, state, 52, 1.0);
}

TEST(Condition, flat_line_holds_when_all_values_stay_within_the_tolerance) {
  ConditionState state(FlatLine{.tolerance = 0.5, .after = seconds(3)});
  check(Verdict::kUnknown, state, 0, 20.0);
  check(Verdict::kUnknown, state, 1, 20.5);
  check(Verdict::kUnknown, state, 2, 20.25);
  check(Verdict::kHolds, state, 3, 20.0);
  check(Verdict::kHolds, state, 4, 20.5);
}

TEST(Condition, flat_line_ends_with_the_first_value_that_leaves) {
  ConditionState state(FlatLine{.tolerance = 0.5, .after = seconds(2)});
  for (int s = 0; s < 5; ++s) state.update(at(s), 20.0);
  check(Verdict::kClear, state, 5, 20.75);
  check(Verdict::kClear, state, 6, 20.75);
  check(Verdict::kHolds, state, 7, 20.75);
}

TEST(Condition, flat_line_measures_all_values_against_each_other) {
  ConditionState state(FlatLine{.tolerance = 0.5, .after = seconds(2)});
  check(Verdict::kUnknown, state, 0, 20.0);
  check(Verdict::kUnknown, state, 1, 20.5);
  check(Verdict::kClear, state, 2, 19.75);
}

TEST(Condition, flat_line_without_tolerance_means_the_very_same_value) {
  ConditionState state(FlatLine{.tolerance = 0.0, .after = seconds(1)});
  check(Verdict::kUnknown, state, 0, 20.0);
  check(Verdict::kHolds, state, 1, 20.0);
  check(Verdict::kClear, state, 2, std::nextafter(20.0, 30.0));
}

// A sensor that was away for an hour and comes back with the value it left with is not stuck.
TEST(Condition, flat_line_does_not_count_time_without_good_values) {
  ConditionState state(FlatLine{.tolerance = 0.0, .after = minutes(10)});
  check(Verdict::kUnknown, state, 0, 20.0);
  check(Verdict::kUnknown, state, 60, 20.0);
  check(Verdict::kUnknown, state, 120, std::nullopt);
  check(Verdict::kUnknown, state, 3600, 20.0);
  check(Verdict::kUnknown, state, 3600 + 539, 20.0);
  check(Verdict::kHolds, state, 3600 + 540, 20.0);
}

TEST(Condition, stays_defined_for_the_greatest_values) {
  const double huge = std::numeric_limits<double>::max();
  ConditionState rate(RateOfChange{.limit_per_s = 1.0, .clear_per_s = 0.5, .over = seconds(1)});
  check(Verdict::kUnknown, rate, 0, -huge);
  check(Verdict::kHolds, rate, 1, huge);
  ConditionState flat(FlatLine{.tolerance = 1.0, .after = seconds(1)});
  check(Verdict::kUnknown, flat, 0, -huge);
  check(Verdict::kClear, flat, 1, huge);
}

TEST(Condition, allocates_nothing) {
  CHECK_EQUAL(0U, allocations_during([] {
                ConditionState state(RateOfChange{.limit_per_s = 1.0});
                for (int s = 0; s < 100; ++s) state.update(at(s), 1.0 * s);
              }));
}

TEST(Condition, stops_the_process_on_a_clear_level_on_the_wrong_side) {
  CHECK_FALSE(last_words([] { ConditionState state(Above{1.0, 2.0}); }).empty());
  CHECK_FALSE(last_words([] { ConditionState state(Below{2.0, 1.0}); }).empty());
  CHECK_FALSE(last_words([] { ConditionState state(RateOfChange{1.0, 2.0}); }).empty());
}

TEST(Condition, anomaly_holds_with_an_alarm_and_ends_with_its_cool_down) {
  ConditionState state(Anomaly{.decades = 4.0});
  const auto says = [&](double score) { return state.update(at(0), 1.0, score); };
  ENUMS_EQUAL_INT(Verdict::kClear, says(3.9));
  ENUMS_EQUAL_INT(Verdict::kHolds, says(4.0));
  for (std::uint32_t beat = 1; beat < AnomalyAlarm::kCooldownBeats; ++beat) {
    ENUMS_EQUAL_INT(Verdict::kBetween, says(9.0));
  }
  ENUMS_EQUAL_INT(Verdict::kHolds, says(9.0));
  for (std::uint32_t beat = 1; beat < AnomalyAlarm::kCooldownBeats; ++beat) {
    ENUMS_EQUAL_INT(Verdict::kBetween, says(0.0));
  }
  ENUMS_EQUAL_INT(Verdict::kClear, says(0.0));
}

TEST(Condition, anomaly_says_nothing_new_between_beats_and_nothing_without_a_value) {
  ConditionState state(Anomaly{});
  check(Verdict::kBetween, state, 0, 20.0);
  check(Verdict::kUnknown, state, 1, std::nullopt);
  ENUMS_EQUAL_INT(Verdict::kUnknown, state.update(at(2), std::nullopt, 9.0));
  ENUMS_EQUAL_INT(Verdict::kHolds, state.update(at(3), 20.0, 9.0));
}

TEST(Condition, needs_decades_for_an_anomaly) {
  CHECK_FALSE(last_words([] { ConditionState state(Anomaly{.decades = 0.0}); }).empty());
}

// A window of 4 s at one value a second, judged at each.
static Verdict judge(ConditionState& state, std::vector<Summary>& panes, int s,
                     std::optional<double> good) {
  panes.resize(state.pane_count());
  return state.update(instant_from_ns(s * 1'000'000'000LL), good, std::nullopt, panes);
}
static WindowLevel window_of(Aggregate of, Level level) {
  return {.of = of, .level = level, .over = seconds(4), .period = seconds(1)};
}

TEST(Condition, a_window_is_judged_by_its_mean_and_not_before_it_is_whole) {
  ConditionState state(window_of(Aggregate::kMean, {true, 10.0, 5.0}));
  std::vector<Summary> panes;
  for (int s = 100; s < 104; ++s) CHECK_FALSE(judge(state, panes, s, 99.0) == Verdict::kHolds);
  ENUMS_EQUAL_INT(Verdict::kHolds, judge(state, panes, 104, 99.0));
  ENUMS_EQUAL_INT(Verdict::kHolds, judge(state, panes, 105, -1e2));
  ENUMS_EQUAL_INT(Verdict::kClear, judge(state, panes, 106, -1e2));
}

TEST(Condition, a_window_is_judged_by_each_aggregate) {
  struct Case {
    Aggregate of;
    double of_1_2_4_9;
  };
  for (const Case& one :
       {Case{Aggregate::kMean, 4.0}, Case{Aggregate::kMin, 1.0}, Case{Aggregate::kMax, 9.0},
        Case{Aggregate::kSum, 16.0}, Case{Aggregate::kCount, 4.0},
        Case{Aggregate::kDeviation, std::sqrt(38.0 / 3.0)}, Case{Aggregate::kDelta, 8.0}}) {
    const double step = 1e-9;
    ConditionState at(window_of(one.of, {true, one.of_1_2_4_9 - step, -1e3}));
    ConditionState beyond(window_of(one.of, {true, one.of_1_2_4_9 + step, -1e3}));
    std::vector<Summary> panes_at;
    std::vector<Summary> panes_beyond;
    Verdict verdict_at{};
    Verdict verdict_beyond{};
    int s = 100;
    for (const double value : {0.0, 1.0, 2.0, 4.0, 9.0}) {
      verdict_at = judge(at, panes_at, s, value);
      verdict_beyond = judge(beyond, panes_beyond, s++, value);
    }
    ENUMS_EQUAL_INT(Verdict::kHolds, verdict_at);
    ENUMS_EQUAL_INT(Verdict::kBetween, verdict_beyond);
  }
}

TEST(Condition, a_window_of_too_few_values_says_nothing_but_their_count) {
  ConditionState mean(window_of(Aggregate::kMean, {true, 10.0, 5.0}));
  ConditionState count(window_of(Aggregate::kCount, {false, 1.0, 2.0}));
  std::vector<Summary> panes;
  std::vector<Summary> counted;
  Verdict of_mean{};
  Verdict of_count{};
  for (int s = 100; s < 106; ++s) {
    of_mean = judge(mean, panes, s, std::nullopt);
    of_count = judge(count, counted, s, std::nullopt);
  }
  ENUMS_EQUAL_INT(Verdict::kUnknown, of_mean);
  ENUMS_EQUAL_INT(Verdict::kHolds, of_count);
}

TEST(Condition, a_count_is_known_to_be_high_before_its_window_is_whole) {
  ConditionState high(window_of(Aggregate::kCount, {true, 2.0, 1.0}));
  ConditionState low(window_of(Aggregate::kCount, {false, 1.0, 2.0}));
  std::vector<Summary> panes;
  std::vector<Summary> counted;
  judge(high, panes, 100, 1.0);
  judge(low, counted, 100, std::nullopt);
  ENUMS_EQUAL_INT(Verdict::kHolds, judge(high, panes, 101, 1.0));
  ENUMS_EQUAL_INT(Verdict::kUnknown, judge(low, counted, 101, std::nullopt));
}

TEST(Condition, several_of_the_last_values_hold_and_end_by_the_clear_level) {
  ConditionState state(SeveralOf{{true, 80.0, 75.0}, 2, 3});
  check(Verdict::kUnknown, state, 0, 80.0);
  check(Verdict::kUnknown, state, 1, 20.0);
  check(Verdict::kHolds, state, 2, 80.0);  // 80 20 80
  check(Verdict::kUnknown, state, 3, std::nullopt);
  check(Verdict::kBetween, state, 4, 76.0);  // 20 80 76
  check(Verdict::kBetween, state, 5, 75.0);  // 80 76 75
  check(Verdict::kClear, state, 6, 75.0);    // 76 75 75
}

TEST(Condition, several_of_the_last_values_count_downwards_too) {
  ConditionState state(SeveralOf{{false, 5.0, 5.0}, 2, 2});
  check(Verdict::kUnknown, state, 0, 5.0);
  check(Verdict::kHolds, state, 1, 4.0);
  check(Verdict::kClear, state, 2, 6.0);
}

TEST(Condition, all_64_of_the_last_values_can_be_asked_for) {
  ConditionState state(SeveralOf{{true, 1.0, 1.0}, 64, 64});
  for (int s = 0; s < 63; ++s) CHECK_FALSE(state.update(at(s), 1.0) == Verdict::kHolds);
  check(Verdict::kHolds, state, 63, 1.0);
  check(Verdict::kClear, state, 64, 0.0);
}

TEST(Condition, values_in_a_row_are_the_same_until_one_leaves) {
  ConditionState state(Repeats{.times = 3, .tolerance = 0.5});
  check(Verdict::kUnknown, state, 0, 1.0);
  check(Verdict::kBetween, state, 1, 1.5);
  check(Verdict::kUnknown, state, 2, std::nullopt);
  check(Verdict::kHolds, state, 3, 1.2);
  check(Verdict::kHolds, state, 4, 1.0);
  check(Verdict::kClear, state, 5, 1.6);
  check(Verdict::kBetween, state, 6, 1.6);
}

}  // namespace sluice
