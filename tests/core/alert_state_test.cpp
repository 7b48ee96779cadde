#include "core/alert_state.hpp"

#include <chrono>
#include <optional>

#include <CppUTest/TestHarness.h>

namespace sluice {

using std::chrono::seconds;

TEST_GROUP(AlertState) {
  AlertRule rule{.name = "hot",
                 .condition = Above{.limit = 1.0, .clear = 1.0},
                 .severity = Severity::kWarning,
                 .hold = seconds(3),
                 .cooldown = seconds(5),
                 .escalate_after = seconds(20)};
  AlertState alert;

  std::optional<AlertChange> tick(int s, Verdict verdict) {
    return alert.update(rule, verdict, instant_from_ns(to_ns(seconds(s))));
  }
  void check_quiet(int s, Verdict verdict) {
    CHECK_FALSE(tick(s, verdict).has_value());
  }
  void check_step(AlertChange expected, int s, Verdict verdict) {
    const std::optional<AlertChange> change = tick(s, verdict);
    CHECK_TRUE(change.has_value());
    ENUMS_EQUAL_INT(expected, *change);
  }
  // Active since second 3.
  void raise() {
    check_quiet(0, Verdict::kHolds);
    check_step(AlertChange::kRaised, 3, Verdict::kHolds);
  }
};

TEST(AlertState, is_not_active_at_first) {
  CHECK_FALSE(alert.active());
  check_quiet(0, Verdict::kClear);
  check_quiet(1, Verdict::kBetween);
  check_quiet(2, Verdict::kUnknown);
}

TEST(AlertState, is_raised_at_once_without_a_hold) {
  rule.hold = {};
  check_step(AlertChange::kRaised, 0, Verdict::kHolds);
  CHECK_TRUE(alert.active());
  CHECK_FALSE(alert.acknowledged());
  ENUMS_EQUAL_INT(Severity::kWarning, alert.severity());
  CHECK_EQUAL(1U, alert.count());
}

TEST(AlertState, is_raised_once_the_condition_has_held_long_enough) {
  check_quiet(0, Verdict::kHolds);
  check_quiet(2, Verdict::kHolds);
  check_step(AlertChange::kRaised, 3, Verdict::kHolds);
  check_quiet(4, Verdict::kHolds);
}

TEST(AlertState, starts_its_hold_anew_when_the_condition_clears) {
  check_quiet(0, Verdict::kHolds);
  check_quiet(2, Verdict::kClear);
  check_quiet(3, Verdict::kHolds);
  check_quiet(5, Verdict::kHolds);
  check_step(AlertChange::kRaised, 6, Verdict::kHolds);
}

TEST(AlertState, holds_on_while_the_value_is_between_limit_and_clear_level) {
  check_quiet(0, Verdict::kHolds);
  check_quiet(1, Verdict::kBetween);
  check_step(AlertChange::kRaised, 3, Verdict::kBetween);
}

TEST(AlertState, is_not_raised_without_evidence_but_by_the_next) {
  check_quiet(0, Verdict::kHolds);
  check_quiet(10, Verdict::kUnknown);
  check_step(AlertChange::kRaised, 11, Verdict::kHolds);
}

TEST(AlertState, is_cleared_once_the_condition_has_been_clear_for_the_cooldown) {
  raise();
  check_quiet(10, Verdict::kClear);
  check_quiet(14, Verdict::kClear);
  CHECK_TRUE(alert.active());
  check_step(AlertChange::kCleared, 15, Verdict::kClear);
  CHECK_FALSE(alert.active());
  check_quiet(16, Verdict::kClear);
}

TEST(AlertState, is_cleared_at_once_without_a_cooldown) {
  rule.cooldown = {};
  raise();
  check_step(AlertChange::kCleared, 4, Verdict::kClear);
}

TEST(AlertState, cools_down_while_the_value_is_between_clear_level_and_limit) {
  raise();
  check_quiet(10, Verdict::kClear);
  check_step(AlertChange::kCleared, 15, Verdict::kBetween);
}

TEST(AlertState, is_not_cleared_by_falling_between_limit_and_clear_level) {
  raise();
  for (int s = 4; s < 20; ++s) check_quiet(s, Verdict::kBetween);
  CHECK_TRUE(alert.active());
}

TEST(AlertState, is_not_cleared_without_evidence_but_by_the_next) {
  raise();
  check_quiet(10, Verdict::kClear);
  check_quiet(100, Verdict::kUnknown);
  CHECK_TRUE(alert.active());
  check_step(AlertChange::kCleared, 101, Verdict::kClear);
}

TEST(AlertState, counts_a_flapping_condition_as_one_alert) {
  rule.escalate_after = {};
  raise();
  for (int s = 4; s < 28; s += 3) {
    check_quiet(s, Verdict::kClear);
    check_quiet(s + 1, Verdict::kHolds);
    check_quiet(s + 2, Verdict::kHolds);
  }
  CHECK_EQUAL(9U, alert.count());
  check_quiet(28, Verdict::kClear);
  check_step(AlertChange::kCleared, 33, Verdict::kClear);
  CHECK_EQUAL(9U, alert.count());
}

TEST(AlertState, counts_from_one_when_it_is_raised_again) {
  raise();
  check_quiet(4, Verdict::kClear);
  check_quiet(5, Verdict::kHolds);
  check_quiet(6, Verdict::kClear);
  check_step(AlertChange::kCleared, 11, Verdict::kClear);
  check_quiet(12, Verdict::kHolds);
  check_step(AlertChange::kRaised, 15, Verdict::kHolds);
  CHECK_EQUAL(1U, alert.count());
}

TEST(AlertState, escalates_once_by_one_severity) {
  raise();
  check_quiet(22, Verdict::kHolds);
  check_step(AlertChange::kEscalated, 23, Verdict::kHolds);
  ENUMS_EQUAL_INT(Severity::kCritical, alert.severity());
  for (int s = 24; s < 100; ++s) check_quiet(s, Verdict::kHolds);
}

TEST(AlertState, escalates_while_its_sensor_is_silent) {
  raise();
  check_step(AlertChange::kEscalated, 23, Verdict::kUnknown);
}

TEST(AlertState, does_not_escalate_while_it_cools_down) {
  rule.cooldown = seconds(100);
  raise();
  check_quiet(10, Verdict::kClear);
  check_quiet(50, Verdict::kClear);
  check_step(AlertChange::kEscalated, 51, Verdict::kHolds);
}

TEST(AlertState, does_not_escalate_beyond_critical) {
  rule.severity = Severity::kCritical;
  raise();
  check_quiet(100, Verdict::kHolds);
  ENUMS_EQUAL_INT(Severity::kCritical, alert.severity());
}

TEST(AlertState, does_not_escalate_when_the_rule_says_never) {
  rule.escalate_after = {};
  raise();
  check_quiet(10'000, Verdict::kHolds);
}

TEST(AlertState, does_not_escalate_when_it_is_acknowledged) {
  raise();
  CHECK_TRUE(alert.acknowledge() == AlertChange::kAcknowledged);
  CHECK_TRUE(alert.acknowledged());
  check_quiet(100, Verdict::kHolds);
}

TEST(AlertState, starts_again_at_its_own_severity_after_an_escalation) {
  raise();
  check_step(AlertChange::kEscalated, 23, Verdict::kHolds);
  check_quiet(24, Verdict::kClear);
  check_step(AlertChange::kCleared, 29, Verdict::kClear);
  ENUMS_EQUAL_INT(Severity::kCritical, alert.severity());
  check_quiet(30, Verdict::kHolds);
  check_step(AlertChange::kRaised, 33, Verdict::kHolds);
  ENUMS_EQUAL_INT(Severity::kWarning, alert.severity());
  check_step(AlertChange::kEscalated, 53, Verdict::kHolds);
}

TEST(AlertState, is_acknowledged_once) {
  raise();
  CHECK_TRUE(alert.acknowledge().has_value());
  CHECK_FALSE(alert.acknowledge().has_value());
  CHECK_TRUE(alert.active());
}

TEST(AlertState, cannot_be_acknowledged_before_it_is_raised) {
  check_quiet(0, Verdict::kHolds);
  CHECK_FALSE(alert.acknowledge().has_value());
}

TEST(AlertState, needs_a_new_acknowledgement_when_it_is_raised_again) {
  rule.cooldown = {};
  raise();
  CHECK_TRUE(alert.acknowledge().has_value());
  check_step(AlertChange::kCleared, 4, Verdict::kClear);
  check_quiet(5, Verdict::kHolds);
  check_step(AlertChange::kRaised, 8, Verdict::kHolds);
  CHECK_FALSE(alert.acknowledged());
}

TEST(AlertState, stays_acknowledged_while_it_flaps) {
  raise();
  CHECK_TRUE(alert.acknowledge().has_value());
  check_quiet(5, Verdict::kClear);
  check_quiet(6, Verdict::kHolds);
  CHECK_TRUE(alert.acknowledged());
}

TEST(AlertState, ends_at_once_when_it_is_retired) {
  raise();
  CHECK_TRUE(alert.retire() == AlertChange::kCleared);
  CHECK_FALSE(alert.active());
  CHECK_FALSE(alert.retire().has_value());
}

TEST(AlertState, goes_on_from_a_copy) {
  check_quiet(0, Verdict::kHolds);
  const AlertState kept = alert;
  alert = AlertState();
  alert = kept;
  check_step(AlertChange::kRaised, 3, Verdict::kHolds);
}

// Guarded by another alert, which is active when it is inhibited.
TEST(AlertState, waits_a_tick_for_those_that_may_inhibit_it) {
  rule.inhibited_by = {"gateway"};
  check_quiet(0, Verdict::kHolds);
  check_quiet(3, Verdict::kHolds);
  CHECK_TRUE(alert.held_back());
  check_step(AlertChange::kRaised, 4, Verdict::kHolds);
  CHECK_FALSE(alert.held_back());
}

TEST(AlertState, is_not_raised_while_it_is_inhibited_and_is_raised_afterwards) {
  rule.inhibited_by = {"gateway"};
  for (int s = 0; s < 60; ++s) {
    CHECK_FALSE(alert.update(rule, Verdict::kHolds, Instant(seconds(s)), true).has_value());
  }
  CHECK_TRUE(alert.held_back());
  check_step(AlertChange::kRaised, 60, Verdict::kHolds);
}

TEST(AlertState, is_forgotten_when_its_condition_ends_while_it_is_inhibited) {
  rule.inhibited_by = {"gateway"};
  for (int s = 0; s < 60; ++s) {
    CHECK_FALSE(alert.update(rule, Verdict::kHolds, Instant(seconds(s)), true).has_value());
  }
  CHECK_FALSE(alert.update(rule, Verdict::kClear, Instant(seconds(60)), true).has_value());
  CHECK_FALSE(alert.held_back());
  check_quiet(61, Verdict::kHolds);
}

TEST(AlertState, that_is_active_is_cleared_but_not_escalated_while_it_is_inhibited) {
  raise();
  CHECK_FALSE(alert.update(rule, Verdict::kHolds, Instant(seconds(40)), true).has_value());
  CHECK_FALSE(alert.update(rule, Verdict::kClear, Instant(seconds(41)), true).has_value());
  CHECK_TRUE(alert.update(rule, Verdict::kClear, Instant(seconds(46)), true) ==
             AlertChange::kCleared);
}

}  // namespace sluice
