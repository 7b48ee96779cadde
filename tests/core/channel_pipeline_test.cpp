#include "core/channel_pipeline.hpp"

#include <array>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/core/allocations.hpp"
#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {

using std::chrono::seconds;

namespace {

constexpr ChannelId kChannel{4};
constexpr double kNotANumber = std::numeric_limits<double>::quiet_NaN();
constexpr double kInfinity = std::numeric_limits<double>::infinity();

Instant at(int s) {
  return instant_from_ns(to_ns(seconds(s)));
}

AlertRule rule_of(std::string name, const Condition& condition) {
  return AlertRule{.name = std::move(name), .condition = condition};
}
AlertRule hot() {
  return rule_of("hot", Above{.limit = 80.0, .clear = 75.0});
}
AlertRule silent() {
  return rule_of("silent", NoData{.after = seconds(3)});
}

}  // namespace

TEST_GROUP(ChannelPipeline) {
  ChannelSpec spec{.name = "boiler", .unit = "Cel"};
  std::array<AlertEvent, kAlertsPerChannelMax> events{};
  std::size_t event_count = 0;

  // Alerts get the numbers 10, 11, 12...
  ChannelPipeline open() const {
    std::vector<AlertId> ids;
    for (std::size_t i = 0; i < spec.alerts.size(); ++i) {
      ids.push_back(AlertId{static_cast<std::uint16_t>(10 + i)});
    }
    return ChannelPipeline(kChannel, spec, ids);
  }
  std::optional<Reading> feed(ChannelPipeline & pipeline, int s, double value,
                              Quality quality = Quality::kGood) {
    const ChannelPipeline::Outcome outcome = pipeline.process(at(s), {value, quality}, events);
    event_count = outcome.alert_count;
    return outcome.reading;
  }
  // As feed(), for a tick that must be recorded.
  Reading record(ChannelPipeline & pipeline, int s, double value,
                 Quality quality = Quality::kGood) {
    const std::optional<Reading> reading = feed(pipeline, s, value, quality);
    CHECK_TRUE(reading.has_value());
    return *reading;
  }
  // A beat of the anomaly rule is one of its 300 s periods.
  static constexpr int kBeat_s = 300;
  static double noise(int beat) {
    return 20.0 + 0.25 * static_cast<double>(beat * 7 % 13);
  }
  void live_through(ChannelPipeline & pipeline, int from, int to) {
    for (int beat = from; beat < to; ++beat) {
      feed(pipeline, beat * kBeat_s, noise(beat));
      LONGS_EQUAL(0, event_count);
    }
  }
  void check_event(AlertChange change, std::size_t index = 0) const {
    CHECK_TRUE(index < event_count);
    ENUMS_EQUAL_INT(change, events[index].change);
  }
};

TEST(ChannelPipeline, records_a_good_value_with_its_tick_and_channel) {
  ChannelPipeline pipeline = open();
  const Reading reading = record(pipeline, 7, 20.5);
  CHECK_TRUE(reading.time == at(7));
  DOUBLES_EQUAL(20.5, reading.value, 0.0);
  CHECK_TRUE(reading.channel == kChannel);
  ENUMS_EQUAL_INT(Quality::kGood, reading.quality);
}

TEST(ChannelPipeline, calibrates_before_it_checks_the_range) {
  spec.calibration = {.scale = 0.1, .offset = -40.0};
  spec.range = {.low = -40.0, .high = 60.0};
  ChannelPipeline pipeline = open();
  const Reading reading = record(pipeline, 0, 1000.0);
  DOUBLES_EQUAL(60.0, reading.value, 0.0);
  ENUMS_EQUAL_INT(Quality::kGood, reading.quality);
}

TEST(ChannelPipeline, marks_what_is_outside_the_range_and_keeps_its_value) {
  spec.range = {.low = -40.0, .high = 85.0};
  spec.filters = {Clamp{0.0, 50.0}};
  ChannelPipeline pipeline = open();
  const Reading reading = record(pipeline, 0, 85.5);
  DOUBLES_EQUAL(85.5, reading.value, 0.0);
  ENUMS_EQUAL_INT(Quality::kOutOfRange, reading.quality);
}

TEST(ChannelPipeline, makes_a_fault_of_a_good_value_that_is_no_finite_number) {
  ChannelPipeline pipeline = open();
  const Reading not_a_number = record(pipeline, 0, kNotANumber);
  ENUMS_EQUAL_INT(Quality::kFault, not_a_number.quality);
  CHECK_TRUE(std::isnan(not_a_number.value));
  const Reading infinite = record(pipeline, 1, -kInfinity);
  ENUMS_EQUAL_INT(Quality::kFault, infinite.quality);
  DOUBLES_EQUAL(-kInfinity, infinite.value, 0.0);
}

TEST(ChannelPipeline, makes_a_fault_of_what_the_calibration_makes_infinite) {
  spec.calibration.scale = 1e300;
  ChannelPipeline pipeline = open();
  ENUMS_EQUAL_INT(Quality::kFault, record(pipeline, 0, 1e300).quality);
}

TEST(ChannelPipeline, makes_a_fault_of_what_a_filter_makes_infinite) {
  spec.filters = {MovingMean{2}};
  spec.alerts = {hot()};
  ChannelPipeline pipeline = open();
  const double huge = std::numeric_limits<double>::max();
  ENUMS_EQUAL_INT(Quality::kGood, record(pipeline, 0, -huge).quality);
  const Reading reading = record(pipeline, 1, -huge);
  ENUMS_EQUAL_INT(Quality::kFault, reading.quality);
  DOUBLES_EQUAL(-huge, reading.value, 0.0);
}

TEST(ChannelPipeline, records_a_missing_value_as_zero) {
  spec.calibration.offset = 5.0;
  ChannelPipeline pipeline = open();
  const Reading reading = record(pipeline, 0, 123.0, Quality::kMissing);
  ENUMS_EQUAL_INT(Quality::kMissing, reading.quality);
  DOUBLES_EQUAL(0.0, reading.value, 0.0);
}

TEST(ChannelPipeline, records_what_is_not_good_as_it_came_in_the_unit_of_the_channel) {
  spec.calibration.scale = 2.0;
  spec.filters = {MovingMean{4}};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 10.0);
  for (const Quality quality : {Quality::kStale, Quality::kOutOfRange, Quality::kFault}) {
    const Reading reading = record(pipeline, 1, 50.0, quality);
    ENUMS_EQUAL_INT(quality, reading.quality);
    DOUBLES_EQUAL(100.0, reading.value, 0.0);
  }
}

TEST(ChannelPipeline, treats_a_value_with_a_suspect_clock_as_good) {
  spec.filters = {MovingMean{2}};
  spec.alerts = {hot()};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 70.0);
  const Reading reading = record(pipeline, 1, 100.0, Quality::kSuspectClock);
  DOUBLES_EQUAL(85.0, reading.value, 0.0);
  ENUMS_EQUAL_INT(Quality::kSuspectClock, reading.quality);
  check_event(AlertChange::kRaised);
}

TEST(ChannelPipeline, keeps_what_is_not_good_away_from_the_filters) {
  spec.range = {.low = 0.0, .high = 100.0};
  spec.filters = {MovingMean{3}};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 10.0);
  feed(pipeline, 1, kNotANumber);
  feed(pipeline, 2, 999.0);
  feed(pipeline, 3, 50.0, Quality::kStale);
  DOUBLES_EQUAL(15.0, record(pipeline, 4, 20.0).value, 0.0);
}

TEST(ChannelPipeline, records_nothing_that_a_deadband_holds_back) {
  spec.filters = {Deadband{.width = 1.0}};
  ChannelPipeline pipeline = open();
  CHECK_TRUE(feed(pipeline, 0, 20.0).has_value());
  CHECK_FALSE(feed(pipeline, 1, 20.5).has_value());
  DOUBLES_EQUAL(20.5, pipeline.latest().value, 0.0);
}

TEST(ChannelPipeline, records_both_ends_of_a_fault_in_spite_of_a_deadband) {
  spec.filters = {Deadband{.width = 1.0}};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 20.0);
  ENUMS_EQUAL_INT(Quality::kFault, record(pipeline, 1, 20.0, Quality::kFault).quality);
  ENUMS_EQUAL_INT(Quality::kGood, record(pipeline, 2, 20.0).quality);
  CHECK_FALSE(feed(pipeline, 3, 20.0).has_value());
}

TEST(ChannelPipeline, raises_and_clears_an_alert) {
  spec.alerts = {hot()};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 70.0);
  CHECK_EQUAL(0U, event_count);
  CHECK_FALSE(pipeline.active(0));

  feed(pipeline, 1, 81.0);
  const AlertEvent raised{.time = at(1),
                          .value = 81.0,
                          .count = 1,
                          .alert = AlertId{10},
                          .channel = kChannel,
                          .change = AlertChange::kRaised,
                          .severity = Severity::kWarning};
  CHECK_EQUAL(1U, event_count);
  CHECK_TRUE(raised == events[0]);
  CHECK_TRUE(pipeline.active(0));

  feed(pipeline, 2, 60.0);
  check_event(AlertChange::kCleared);
  DOUBLES_EQUAL(60.0, events[0].value, 0.0);
  CHECK_FALSE(pipeline.active(0));
}

TEST(ChannelPipeline, reports_every_alert_that_steps_in_one_tick) {
  spec.alerts = {hot(), rule_of("cold", Below{.limit = 5.0, .clear = 8.0}),
                 rule_of("very hot", Above{.limit = 90.0, .clear = 85.0})};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 95.0);
  CHECK_EQUAL(2U, event_count);
  CHECK_TRUE(events[0].alert == AlertId{10});
  CHECK_TRUE(events[1].alert == AlertId{12});
  CHECK_EQUAL(3U, pipeline.alert_count());
}

TEST(ChannelPipeline, judges_filtered_values) {
  spec.filters = {Median{3}};
  spec.alerts = {hot()};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 20.0);
  feed(pipeline, 1, 20.0);
  feed(pipeline, 2, 500.0);
  CHECK_EQUAL(0U, event_count);
  feed(pipeline, 3, 500.0);
  check_event(AlertChange::kRaised);
}

TEST(ChannelPipeline, judges_what_a_deadband_does_not_record) {
  spec.filters = {Deadband{.width = 10.0}};
  spec.alerts = {hot()};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 79.0);
  CHECK_FALSE(feed(pipeline, 1, 80.0).has_value());
  check_event(AlertChange::kRaised);
}

TEST(ChannelPipeline, neither_raises_nor_clears_on_a_value_that_is_not_good) {
  spec.range = {.low = 0.0, .high = 100.0};
  spec.alerts = {hot()};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 500.0);
  feed(pipeline, 1, 90.0, Quality::kStale);
  CHECK_FALSE(pipeline.active(0));
  feed(pipeline, 2, 90.0);
  feed(pipeline, 3, -5.0);
  feed(pipeline, 4, 20.0, Quality::kStale);
  feed(pipeline, 5, kNotANumber);
  CHECK_TRUE(pipeline.active(0));
}

TEST(ChannelPipeline, raises_no_data_with_the_last_good_value) {
  spec.alerts = {silent()};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 42.0);
  feed(pipeline, 1, 0.0, Quality::kMissing);
  feed(pipeline, 2, kNotANumber);
  CHECK_EQUAL(0U, event_count);
  feed(pipeline, 3, 7.0, Quality::kFault);
  check_event(AlertChange::kRaised);
  DOUBLES_EQUAL(42.0, events[0].value, 0.0);
  feed(pipeline, 4, 43.0);
  check_event(AlertChange::kCleared);
  DOUBLES_EQUAL(43.0, events[0].value, 0.0);
}

TEST(ChannelPipeline, raises_no_data_without_a_number_when_there_never_was_one) {
  spec.alerts = {silent()};
  ChannelPipeline pipeline = open();
  for (int s = 0; s <= 3; ++s) feed(pipeline, s, 0.0, Quality::kMissing);
  check_event(AlertChange::kRaised);
  CHECK_TRUE(std::isnan(events[0].value));
}

TEST(ChannelPipeline, acknowledges_an_active_alert_once) {
  spec.alerts = {hot()};
  ChannelPipeline pipeline = open();
  CHECK_FALSE(pipeline.acknowledge(AlertId{10}, at(0)).has_value());
  feed(pipeline, 1, 85.0);
  const std::optional<AlertEvent> event = pipeline.acknowledge(AlertId{10}, at(2));
  CHECK_TRUE(event.has_value());
  ENUMS_EQUAL_INT(AlertChange::kAcknowledged, event->change);
  CHECK_TRUE(event->time == at(2));
  CHECK_TRUE(event->alert == AlertId{10});
  DOUBLES_EQUAL(85.0, event->value, 0.0);
  CHECK_TRUE(pipeline.alert(0).acknowledged());
  CHECK_FALSE(pipeline.acknowledge(AlertId{10}, at(3)).has_value());
}

TEST(ChannelPipeline, does_not_acknowledge_the_alert_of_another_channel) {
  spec.alerts = {hot()};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 85.0);
  CHECK_FALSE(pipeline.acknowledge(AlertId{11}, at(1)).has_value());
}

TEST(ChannelPipeline, has_no_latest_reading_at_first) {
  ENUMS_EQUAL_INT(Quality::kMissing, open().latest().quality);
  CHECK_TRUE(open().latest().channel == kChannel);
}

TEST(ChannelPipeline, goes_on_over_a_reload_as_if_there_was_none) {
  spec.filters = {MovingMean{4}, Exponential{seconds(3)}};
  AlertRule steep = rule_of("steep", RateOfChange{2.0, 1.0, seconds(3)});
  steep.hold = seconds(2);
  spec.alerts = {hot(), steep, silent(), rule_of("stuck", FlatLine{0.5, seconds(4)})};
  std::mt19937 random(11);
  ChannelPipeline without = open();
  ChannelPipeline with = open();
  for (int s = 0; s < 500; ++s) {
    const double value = 60.0 + static_cast<double>(random() % 40);
    const Quality quality = random() % 4 == 0 ? Quality::kFault : Quality::kGood;
    const Reading expected = record(without, s, value, quality);
    const std::array<AlertEvent, kAlertsPerChannelMax> expected_events = events;
    const std::size_t expected_count = event_count;
    const Reading actual = record(with, s, value, quality);
    DOUBLES_EQUAL(expected.value, actual.value, 0.0);
    CHECK_EQUAL(expected_count, event_count);
    for (std::size_t i = 0; i < event_count; ++i) {
      CHECK_TRUE(expected_events[i].change == events[i].change);
    }
    if (random() % 5 == 0) {
      ChannelPipeline next = open();
      CHECK_EQUAL(0U, next.adopt(with, at(s), events));
      with = std::move(next);
    }
  }
}

TEST(ChannelPipeline, knows_the_last_good_value_from_before_a_reload) {
  spec.alerts = {silent()};
  ChannelPipeline before = open();
  feed(before, 0, 42.0);
  ChannelPipeline after = open();
  CHECK_EQUAL(0U, after.adopt(before, at(0), events));
  DOUBLES_EQUAL(42.0, after.latest().value, 0.0);
  feed(after, 3, 0.0, Quality::kMissing);
  check_event(AlertChange::kRaised);
  DOUBLES_EQUAL(42.0, events[0].value, 0.0);
}

TEST(ChannelPipeline, keeps_an_active_alert_whose_timing_or_severity_changed) {
  spec.alerts = {hot()};
  ChannelPipeline before = open();
  feed(before, 0, 90.0);
  CHECK_TRUE(before.acknowledge(AlertId{10}, at(0)).has_value());
  spec.alerts[0].severity = Severity::kCritical;
  spec.alerts[0].cooldown = seconds(9);
  ChannelPipeline after = open();
  CHECK_EQUAL(0U, after.adopt(before, at(1), events));
  CHECK_TRUE(after.active(0));
  CHECK_TRUE(after.alert(0).acknowledged());
  feed(after, 2, 90.0);
  CHECK_EQUAL(0U, event_count);
}

TEST(ChannelPipeline, clears_an_active_alert_whose_rule_is_gone) {
  spec.alerts = {hot(), silent()};
  ChannelPipeline before = open();
  feed(before, 0, 90.0);
  spec.alerts = {};
  ChannelPipeline after = open();
  event_count = after.adopt(before, at(5), events);
  CHECK_EQUAL(1U, event_count);
  check_event(AlertChange::kCleared);
  CHECK_TRUE(events[0].alert == AlertId{10});
  CHECK_TRUE(events[0].time == at(5));
  DOUBLES_EQUAL(90.0, events[0].value, 0.0);
}

TEST(ChannelPipeline, clears_an_active_alert_whose_condition_changed) {
  spec.alerts = {hot()};
  ChannelPipeline before = open();
  feed(before, 0, 90.0);
  spec.alerts[0].condition = Above{.limit = 85.0, .clear = 75.0};
  ChannelPipeline after = open();
  CHECK_EQUAL(1U, after.adopt(before, at(1), events));
  CHECK_FALSE(after.active(0));
  feed(after, 2, 90.0);
  check_event(AlertChange::kRaised);
}

TEST(ChannelPipeline, clears_under_its_old_number_an_alert_that_got_another) {
  spec.alerts = {hot()};
  ChannelPipeline before = open();
  feed(before, 0, 90.0);
  spec.alerts = {silent(), hot()};
  ChannelPipeline after = open();
  CHECK_EQUAL(1U, after.adopt(before, at(1), events));
  CHECK_TRUE(events[0].alert == AlertId{10});
  CHECK_FALSE(after.active(1));
}

TEST(ChannelPipeline, forgets_filtered_values_when_the_chain_changed) {
  spec.filters = {MovingMean{2}};
  ChannelPipeline before = open();
  feed(before, 0, 100.0);
  spec.filters = {MovingMean{3}};
  ChannelPipeline after = open();
  CHECK_EQUAL(0U, after.adopt(before, at(0), events));
  DOUBLES_EQUAL(100.0, after.latest().value, 0.0);
  DOUBLES_EQUAL(20.0, record(after, 1, 20.0).value, 0.0);
}

// A new calibration makes the same temperature another number: not a rise of 80 in a second.
TEST(ChannelPipeline, forgets_values_but_not_alerts_when_the_scale_changed) {
  spec.filters = {MovingMean{2}};
  spec.alerts = {hot(), rule_of("steep", RateOfChange{2.0, 1.0, seconds(1)})};
  ChannelPipeline before = open();
  feed(before, 0, 85.0);
  feed(before, 1, 85.0);
  spec.calibration.scale = 2.0;
  ChannelPipeline after = open();
  CHECK_EQUAL(0U, after.adopt(before, at(1), events));
  CHECK_TRUE(after.active(0));
  ENUMS_EQUAL_INT(Quality::kMissing, after.latest().quality);
  DOUBLES_EQUAL(170.0, record(after, 2, 85.0).value, 0.0);
  CHECK_EQUAL(0U, event_count);
}

// A new scale is no sign of life, nor of movement.
TEST(ChannelPipeline, keeps_a_silent_or_stuck_alert_when_the_scale_changed) {
  spec.alerts = {silent(), rule_of("stuck", FlatLine{0.0, seconds(1)})};
  ChannelPipeline before = open();
  feed(before, 0, 20.0);
  feed(before, 1, 20.0);
  for (int s = 2; s <= 4; ++s) feed(before, s, 0.0, Quality::kMissing);
  CHECK_TRUE(before.active(0) && before.active(1));
  spec.calibration.scale = 2.0;
  ChannelPipeline after = open();
  CHECK_EQUAL(0U, after.adopt(before, at(4), events));
  feed(after, 5, 0.0, Quality::kMissing);
  CHECK_TRUE(after.active(0));
  feed(after, 6, 20.0);
  CHECK_FALSE(after.active(0));
  CHECK_TRUE(after.active(1));
}

TEST(ChannelPipeline, clears_every_active_alert_when_it_is_retired) {
  spec.alerts = {hot(), rule_of("cold", Below{5.0, 8.0}), rule_of("warm", Above{50.0, 40.0})};
  ChannelPipeline pipeline = open();
  feed(pipeline, 0, 90.0);
  event_count = pipeline.retire(at(1), events);
  CHECK_EQUAL(2U, event_count);
  check_event(AlertChange::kCleared, 0);
  check_event(AlertChange::kCleared, 1);
  CHECK_TRUE(events[1].alert == AlertId{12});
  CHECK_EQUAL(0U, pipeline.retire(at(2), events));
}

// Whatever comes in and whatever is reloaded: what is raised is cleared before it is raised again,
// and in the end nothing is left.
TEST(ChannelPipeline, never_leaves_a_raised_alert_without_its_end) {
  const std::vector<Condition> conditions = {Above{80.0, 75.0}, Below{20.0, 30.0},
                                             NoData{seconds(2)}, FlatLine{5.0, seconds(2)},
                                             RateOfChange{20.0, 10.0, seconds(2)}};
  for (std::uint32_t seed = 1; seed <= 100; ++seed) {
    std::mt19937 random(seed);
    std::array<bool, 4> raised{};
    const auto follow = [&](std::size_t count) {
      for (std::size_t i = 0; i < count; ++i) {
        bool& is_raised = raised[index_of(events[i].alert) - 10U];
        CHECK_EQUAL(events[i].change != AlertChange::kRaised, is_raised);
        is_raised = events[i].change != AlertChange::kCleared;
      }
    };
    const auto redraw_rules = [&] {
      spec.alerts.clear();
      for (std::size_t i = random() % raised.size(); i > 0; --i) {
        AlertRule rule = rule_of("rule", conditions[random() % conditions.size()]);
        rule.hold = seconds(random() % 3);
        rule.cooldown = seconds(random() % 3);
        rule.escalate_after = seconds(random() % 5);
        spec.alerts.push_back(rule);
      }
    };
    redraw_rules();
    auto pipeline = std::make_unique<ChannelPipeline>(open());
    for (int s = 0; s < 200; ++s) {
      const auto value = static_cast<double>(random() % 100);
      const bool good = random() % 3 != 0;
      const auto quality = good ? Quality::kGood : static_cast<Quality>(random() % kQualityCount);
      feed(*pipeline, s, value, quality);
      follow(event_count);
      if (random() % 7 == 0) {
        const auto acknowledged = pipeline->acknowledge(AlertId{10}, at(s));
        CHECK_TRUE(!acknowledged || raised[0]);
      }
      if (random() % 10 == 0) {
        redraw_rules();
        auto next = std::make_unique<ChannelPipeline>(open());
        follow(next->adopt(*pipeline, at(s), events));
        pipeline = std::move(next);
      }
      for (std::size_t i = 0; i < raised.size(); ++i) {
        CHECK_EQUAL(raised[i], i < pipeline->alert_count() && pipeline->active(i));
      }
    }
    follow(pipeline->retire(at(200), events));
    for (const bool is_raised : raised) CHECK_FALSE(is_raised);
  }
}

TEST(ChannelPipeline, allocates_nothing_after_construction) {
  spec.name = std::string(64, 'n');
  spec.range = {.low = 0.0, .high = 90.0};
  spec.filters = {Median{9}, Exponential{seconds(2)}, Deadband{.width = 1.0}};
  spec.alerts = {rule_of(std::string(64, 'a'), Above{80.0, 75.0}), silent(),
                 rule_of("steep", RateOfChange{2.0, 1.0, seconds(3)}),
                 rule_of("stuck", FlatLine{0.5, seconds(4)})};
  ChannelPipeline pipeline = open();
  ChannelPipeline next = open();
  CHECK_EQUAL(0U, allocations_during([&] {
                for (int s = 0; s < 300; ++s) {
                  feed(pipeline, s, s % 100, s % 7 == 0 ? Quality::kMissing : Quality::kGood);
                }
                static_cast<void>(pipeline.acknowledge(AlertId{10}, at(300)));
                static_cast<void>(next.adopt(pipeline, at(300), events));
                static_cast<void>(next.retire(at(300), events));
              }));
}

TEST(ChannelPipeline, stops_the_process_when_its_bounds_are_not_kept) {
  spec.filters.assign(kFiltersPerChannelMax + 1, Clamp{0.0, 1.0});
  CHECK_FALSE(last_words([this] { open(); }).empty());
  spec.filters.clear();
  spec.alerts.assign(kAlertsPerChannelMax + 1, hot());
  CHECK_FALSE(last_words([this] { open(); }).empty());
  spec.alerts = {hot()};
  CHECK_FALSE(last_words([this] { ChannelPipeline(kChannel, spec, {}); }).empty());
  CHECK_FALSE(last_words([this] { open().process(at(0), {}, {}); }).empty());
  CHECK_FALSE(last_words([this] { static_cast<void>(open().retire(at(0), {})); }).empty());
}

TEST(ChannelPipeline, raises_an_anomaly_and_clears_it_after_its_cool_down) {
  spec.alerts = {rule_of("odd", Anomaly{})};
  ChannelPipeline pipeline = open();
  live_through(pipeline, 0, 500);
  feed(pipeline, 500 * kBeat_s, 60.0);
  check_event(AlertChange::kRaised);
  const int cooldown = static_cast<int>(AnomalyAlarm::kCooldownBeats);
  live_through(pipeline, 501, 500 + cooldown);
  feed(pipeline, (500 + cooldown) * kBeat_s, noise(500 + cooldown));
  check_event(AlertChange::kCleared);
}

TEST(ChannelPipeline, learns_nothing_from_what_is_not_good) {
  spec.alerts = {rule_of("odd", Anomaly{})};
  spec.range = {.low = 0.0, .high = 100.0};
  ChannelPipeline disturbed = open();
  ChannelPipeline quiet = open();
  for (int beat = 0; beat < 500; ++beat) {
    // Right before the good one, so that a beat that took it in would be another.
    const int before = beat * kBeat_s - 1;
    if (beat % 5 == 1) feed(disturbed, before, 1e9);
    if (beat % 5 == 2) feed(disturbed, before, kNotANumber);
    if (beat % 5 == 3) feed(disturbed, before, kInfinity);
    if (beat % 5 == 4) feed(disturbed, before, -5.0, Quality::kFault);
    LONGS_EQUAL(0, event_count);
    feed(disturbed, beat * kBeat_s, noise(beat));
    LONGS_EQUAL(0, event_count);
    feed(quiet, beat * kBeat_s, noise(beat));
  }
  // Just unusual enough for one that has seen nothing like it.
  feed(quiet, 500 * kBeat_s, 26.0);
  check_event(AlertChange::kRaised);
  feed(disturbed, 500 * kBeat_s, 26.0);
  check_event(AlertChange::kRaised);
}

TEST(ChannelPipeline, hands_on_what_it_learnt_for_anomalies) {
  spec.alerts = {rule_of("odd", Anomaly{})};
  ChannelPipeline old = open();
  live_through(old, 0, 500);
  spec.alerts.push_back(hot());
  ChannelPipeline heir = open();
  LONGS_EQUAL(0, heir.adopt(old, at(500 * kBeat_s), events));
  feed(heir, 500 * kBeat_s, 60.0);
  LONGS_EQUAL(1, event_count);
  check_event(AlertChange::kRaised);
}

TEST(ChannelPipeline, learns_anew_in_another_unit) {
  spec.alerts = {rule_of("odd", Anomaly{})};
  ChannelPipeline old = open();
  live_through(old, 0, 500);
  spec.unit = std::string("K");  // GCC 12 for ARM warns of an assignment it has inlined
  ChannelPipeline heir = open();
  LONGS_EQUAL(0, heir.adopt(old, at(500 * kBeat_s), events));
  feed(heir, 500 * kBeat_s, 293.0);
  LONGS_EQUAL(0, event_count);
}

}  // namespace sluice
