#include <chrono>
#include <string>
#include <variant>

#include "core/alert.hpp"
#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(ParseAlert){void expect(const char* expected, const std::string& lines)
                           const {STRCMP_EQUAL(expected, problems_in(in_alert(lines)).c_str());
}  // namespace sluice::config
void expect_in(const char* expected, const std::string& toml) const {
  STRCMP_EQUAL(expected, problems_in(toml).c_str());
}
Condition condition(const std::string& lines) const {
  return config_of(in_alert(lines)).channels[0].spec.alerts[0].condition;
}
}
;

TEST(ParseAlert, takes_every_condition) {
  CHECK_TRUE(condition("above = 80\nclear = 75") == Condition(Above{80, 75}));
  CHECK_TRUE(condition("below = 3\nclear = 4") == Condition(Below{3, 4}));
  CHECK_TRUE(condition("rate_above = 2\nclear = 1\nover = \"5s\"") ==
             Condition(RateOfChange{2, 1, 5s}));
  CHECK_TRUE(condition("no_data = \"30s\"") == Condition(NoData{30s}));
  CHECK_TRUE(condition("flat_line = \"10m\"\ntolerance = 0.1") == Condition(FlatLine{0.1, 10min}));
  CHECK_TRUE(condition("anomaly = 4.5") == Condition(Anomaly{4.5}));
}

TEST(ParseAlert, takes_a_window_beside_a_limit) {
  CHECK_TRUE(condition("above = 80\nclear = 75\nof = \"mean\"\nover = \"10m\"") ==
             Condition(WindowLevel{Aggregate::kMean, {true, 80, 75}, 10min, 1s}));
  CHECK_TRUE(condition("below = 4\nof = \"count\"") ==
             Condition(WindowLevel{Aggregate::kCount, {false, 4, 4}, 10s, 1s}));
}

TEST(ParseAlert, takes_every_aggregate_by_the_name_that_core_gives_it) {
  for (const Aggregate of : {Aggregate::kMean, Aggregate::kMin, Aggregate::kMax, Aggregate::kSum,
                             Aggregate::kCount, Aggregate::kDeviation, Aggregate::kDelta}) {
    const Condition taken = condition("above = 1\nof = \"" + std::string(name_of(of)) + "\"");
    CHECK_TRUE(std::get<WindowLevel>(taken).of == of);
  }
}

TEST(ParseAlert, takes_so_many_of_the_last_values) {
  CHECK_TRUE(condition("above = 80\nclear = 75\nat_least = 3\nof_last = 5") ==
             Condition(SeveralOf{{true, 80, 75}, 3, 5}));
  CHECK_TRUE(condition("same = 5\ntolerance = 0.5") == Condition(Repeats{5, 0.5}));
}

TEST(ParseAlert, wants_both_numbers_of_the_last_values_and_in_order) {
  expect("t.toml:8:12: channel[1].alert[1].at_least: goes with of_last, which is missing",
         "above = 1\nat_least = 3");
  expect("t.toml:8:11: channel[1].alert[1].of_last: goes with at_least, which is missing",
         "above = 1\nof_last = 3");
  expect(
      "t.toml:8:12: channel[1].alert[1].at_least: 3 of 2 values cannot be; make it at most of_last",
      "above = 1\nat_least = 3\nof_last = 2");
}

TEST(ParseAlert, wants_a_window_with_several_readings_and_no_second_condition) {
  expect(
      "t.toml:9:8: channel[1].alert[1].over: a window of 1s holds one reading at most with the "
      "channel's period of 1s; make over longer",
      "above = 1\nof = \"max\"\nover = \"1s\"");
  expect(
      "t.toml:8:6: channel[1].alert[1].of: a window and at_least are two conditions; take one of "
      "them",
      "above = 1\nof = \"max\"\nat_least = 1\nof_last = 2");
  expect("t.toml:8:6: channel[1].alert[1].of: same takes no of; it goes with above and below",
         "same = 2\nof = \"max\"");
}

TEST(ParseAlert, has_a_bounded_number_of_windows_in_the_gateway) {
  std::string text;
  std::size_t alerts = 0;
  for (std::size_t channel = 0; alerts <= kWindowAlertsMax; ++channel) {
    const std::string name = "c" + std::to_string(channel);
    text += "[[channel]]\nname = \"" + name + "\"\nunit = \"1\"\ndriver = \"simulated\"\n";
    for (int i = 0; i < 16 && alerts <= kWindowAlertsMax; ++i) {
      text += "[[channel.alert]]\nname = \"a" + std::to_string(alerts++) +
              "\"\nabove = 1\nof = \"mean\"\n";
    }
  }
  STRCMP_CONTAINS("more than 256 alerts on windows in the gateway", problems_in(text).c_str());
}

TEST(ParseAlert, may_be_inhibited_by_alerts_that_there_are) {
  const Config config =
      config_of(in_alert("above = 1\ninhibited_by = [\"y\"]\n[[channel.alert]]\n"
                         "name = \"y\"\nabove = 1"));
  CHECK_TRUE(config.channels[0].spec.alerts[0].inhibited_by == std::vector<std::string>{"y"});
  expect("t.toml:8:16: channel[1].alert[1].inhibited_by: there is no alert \"y\"",
         "above = 1\ninhibited_by = [\"y\"]");
  expect("t.toml:8:16: channel[1].alert[1].inhibited_by: an alert cannot name itself here",
         "above = 1\ninhibited_by = [\"x\"]");
}

TEST(ParseAlert, ends_at_its_limit_unless_it_is_told) {
  CHECK_TRUE(condition("above = 80") == Condition(Above{80, 80}));
  CHECK_TRUE(condition("below = 3") == Condition(Below{3, 3}));
  CHECK_TRUE(condition("rate_above = 2") == Condition(RateOfChange{2, 2, 10s}));
}

TEST(ParseAlert, takes_what_belongs_to_its_life) {
  const Config config =
      config_of(in_alert("above = 80\nfor = \"10s\"\nseverity = \"critical\"\ncooldown = \"1m\"\n"
                         "escalate_after = \"1h\"\naction = \"horn\"\n"
                         "[[actuator]]\nname = \"horn\"\ndriver = \"log\""));
  const AlertRule expected{.name = "x",
                           .condition = Above{80, 80},
                           .severity = Severity::kCritical,
                           .hold = 10s,
                           .cooldown = 1min,
                           .escalate_after = 1h,
                           .action = "horn"};
  CHECK_TRUE(config.channels[0].spec.alerts[0] == expected);
}

TEST(ParseAlert, has_the_severities_of_core_in_their_order) {
  for (const Severity severity : {Severity::kInfo, Severity::kWarning, Severity::kCritical}) {
    const std::string name(name_of(severity));
    const Config config = config_of(in_alert("above = 1\nseverity = \"" + name + "\""));
    CHECK_TRUE(config.channels[0].spec.alerts[0].severity == severity);
  }
}

TEST(ParseAlert, has_a_name_of_its_own_in_the_whole_gateway) {
  expect(
      "t.toml:13:8: channel[2].alert[1].name: \"x\" is taken by the alert in line 6; choose "
      "another",
      "above = 1\n[[channel]]\nname = \"b\"\nunit = \"1\"\ndriver = \"simulated\"\n"
      "[[channel.alert]]\nname = \"x\"\nabove = 1");
}

TEST(ParseAlert, has_exactly_one_condition) {
  expect(
      "t.toml:5:1: channel[1].alert[1]: no condition; expected \"above\", \"below\", "
      "\"rate_above\", \"no_data\", \"flat_line\", \"anomaly\" or \"same\"",
      "");
  expect(
      "t.toml:8:9: channel[1].alert[1].below: a second condition beside above; exactly one is "
      "taken",
      "above = 80\nbelow = 5");
}

TEST(ParseAlert, does_not_also_miss_a_condition_that_is_misspelt) {
  expect("t.toml:7:1: channel[1].alert[1].abvoe: unknown key; did you mean \"above\"?",
         "abvoe = 5");
}

TEST(ParseAlert, has_a_limit_that_is_a_number) {
  expect(
      "t.toml:7:9: channel[1].alert[1].above: expected a finite number, found the text \"80\"; "
      "write it without quotes",
      "above = \"80\"");
  expect("t.toml:7:9: channel[1].alert[1].above: expected a finite number, found the number inf",
         "above = inf");
}

TEST(ParseAlert, ends_on_the_quiet_side_of_its_limit) {
  expect(
      "t.toml:8:9: channel[1].alert[1].clear: the clear level 85 is on the wrong side of above = "
      "80; it must be 80 or less",
      "above = 80\nclear = 85");
  expect(
      "t.toml:8:9: channel[1].alert[1].clear: the clear level 2.5 is on the wrong side of below = "
      "3; it must be 3 or more",
      "below = 3\nclear = 2.5");
  expect(
      "t.toml:8:9: channel[1].alert[1].clear: the clear level 3 is on the wrong side of rate_above "
      "= 2; it must be 2 or less",
      "rate_above = 2\nclear = 3");
}

TEST(ParseAlert, can_be_reached_within_the_range_of_the_channel) {
  expect_in(
      "t.toml:8:9: channel[1].alert[1].above: 120 is outside the channel's range [0, 100]: no good "
      "value gets there",
      in_channel("range = [0, 100]\n[[channel.alert]]\nname = \"x\"\nabove = 120"));
  expect_in("", in_channel("range = [0, 100]\n[[channel.alert]]\nname = \"x\"\nabove = 100"));
}

TEST(ParseAlert, can_end_within_the_range_of_the_channel) {
  expect_in(
      "t.toml:9:9: channel[1].alert[1].clear: -5 is outside the channel's range [0, inf]: no good "
      "value gets there",
      in_channel("range = [0, inf]\n[[channel.alert]]\nname = \"x\"\nabove = 1\nclear = -5"));
}

TEST(ParseAlert, has_a_rate_that_not_everything_reaches) {
  expect("t.toml:7:14: channel[1].alert[1].rate_above: a rate of 0 is always reached; give more",
         "rate_above = 0");
  expect(
      "t.toml:7:14: channel[1].alert[1].rate_above: the integer -1 is out of bounds; expected 0 or "
      "more",
      "rate_above = -1");
}

TEST(ParseAlert, has_a_rate_that_can_end) {
  expect(
      "t.toml:8:9: channel[1].alert[1].clear: a rate is never below 0: the alert would never end",
      "rate_above = 2\nclear = -1");
}

TEST(ParseAlert, measures_a_rate_between_two_readings) {
  expect(
      "t.toml:8:8: channel[1].alert[1].over: over 500ms there are not two readings with the "
      "channel's period of 1s; make over at least that",
      "rate_above = 2\nover = \"500ms\"");
  expect_in(
      "t.toml:8:14: channel[1].alert[1].rate_above: over 10s there are not two readings with the "
      "channel's period of 1m; make over at least that",
      in_channel("period = \"1m\"\n[[channel.alert]]\nname = \"x\"\nrate_above = 2"));
}

TEST(ParseAlert, waits_longer_than_a_period_for_data) {
  expect(
      "t.toml:7:11: channel[1].alert[1].no_data: 1s is not longer than the channel's period of 1s, "
      "so that the alert would always be raised",
      "no_data = \"1s\"");
}

TEST(ParseAlert, sees_more_than_one_value_in_a_flat_line) {
  expect(
      "t.toml:7:13: channel[1].alert[1].flat_line: 100ms is not longer than the channel's period "
      "of 1s, so that the alert would always be raised",
      "flat_line = \"100ms\"");
}

TEST(ParseAlert, takes_only_the_keys_of_its_condition) {
  expect(
      "t.toml:8:9: channel[1].alert[1].clear: no_data takes no clear; it goes with above, below "
      "and rate_above",
      "no_data = \"30s\"\nclear = 5");
  expect(
      "t.toml:8:9: channel[1].alert[1].clear: flat_line takes no clear; it goes with above, below "
      "and rate_above",
      "flat_line = \"30s\"\nclear = 5");
  expect(
      "t.toml:8:9: channel[1].alert[1].clear: anomaly takes no clear; it goes with above, below "
      "and rate_above",
      "anomaly = 4\nclear = 5");
  expect(
      "t.toml:8:8: channel[1].alert[1].over: above takes no over; it goes with rate_above, and "
      "beside of",
      "above = 80\nover = \"10s\"");
  expect(
      "t.toml:8:13: channel[1].alert[1].tolerance: below takes no tolerance; it goes with "
      "flat_line and same",
      "below = 80\ntolerance = 1");
}

TEST(ParseAlert, acts_on_an_actuator_that_there_is) {
  expect("t.toml:8:10: channel[1].alert[1].action: no [[actuator]] has the name \"horn\"",
         "above = 80\naction = \"horn\"");
  expect(
      "t.toml:8:10: channel[1].alert[1].action: no [[actuator]] has the name \"hron\"; did you "
      "mean \"horn\"?",
      "above = 80\naction = \"hron\"\n[[actuator]]\nname = \"horn\"\ndriver = \"log\"");
}

TEST(ParseAlert, keeps_its_action_safe) {
  const Config config = config_of(
      in_alert("above = 80\naction = \"horn\"\nfail_safe = \"off\"\nfail_safe_after = \"30s\"\n"
               "[[actuator]]\nname = \"horn\"\ndriver = \"log\""));
  const AlertRule& rule = config.channels[0].spec.alerts[0];
  CHECK_TRUE(rule.fail_safe == FailSafe::kOff);
  CHECK_TRUE(rule.fail_safe_after == std::chrono::seconds(30));
}

TEST(ParseAlert, keeps_nothing_safe_without_an_action) {
  expect(
      "t.toml:8:13: channel[1].alert[1].fail_safe: there is no action to keep safe; name an "
      "actuator in action",
      "above = 80\nfail_safe = \"on\"");
  expect(
      "t.toml:9:19: channel[1].alert[1].fail_safe_after: goes with fail_safe = \"on\" or \"off\"",
      "above = 80\naction = \"horn\"\nfail_safe_after = \"1s\"\n[[actuator]]\nname = "
      "\"horn\"\ndriver = \"log\"");
}

TEST(ParseAlert, is_one_of_16_of_its_channel_at_most) {
  std::string alerts;
  for (int i = 0; i < 17; ++i) {
    alerts += "[[channel.alert]]\nname = \"a" + std::to_string(i) + "\"\nabove = 1\n";
  }
  expect_in("t.toml:5:1: channel[1].alert: 17 entries; expected 0 to 16 entries",
            in_channel(alerts));
}

}  // namespace sluice::config
