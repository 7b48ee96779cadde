#include "app/plan.hpp"

#include <array>
#include <chrono>
#include <memory>
#include <vector>

#include "hal/simulated_actuator.hpp"
#include "tests/app/hand_plan.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(Plan) {
  HandPlan hand;
  HandSensor sensor;
  hal::SimulatedActuator fan;
  hal::SimulatedActuator lamp;
  std::vector<AlertEvent> emitted;
  const Instant start{seconds(100)};

  // One channel "boiler" whose alert "hot" wants the fan.
  HandPlan::Channel boiler(const std::string& action = "fan") {
    ChannelSpec spec = spec_of("boiler", seconds(1));
    spec.alerts = {above("hot", 80.0, action)};
    return {spec, &sensor};
  }
  HandPlan::Channel tank() {
    ChannelSpec spec = spec_of("tank", seconds(1));
    spec.alerts = {above("full", 80.0, "fan")};
    return {spec, &sensor};
  }
  // The same with a fail-safe.
  HandPlan::Channel safe(FailSafe what, Duration after = {}) {
    HandPlan::Channel channel = boiler();
    channel.spec.alerts[0].fail_safe = what;
    channel.spec.alerts[0].fail_safe_after = after;
    return channel;
  }
  std::vector<HandPlan::Switch> slow_fan() {
    return {{"fan", &fan, {.min_on = seconds(30), .min_off = seconds(60)}}};
  }
  std::vector<HandPlan::Switch> both() {
    return {{"fan", &fan}, {"lamp", &lamp}};
  }

  void tell(Plan & plan, const std::string& channel, double value, Instant tick,
            Quality quality = Quality::kGood) {
    Slot* const slot = plan.find(hand.channel(channel));
    CHECK_TRUE(slot != nullptr);
    std::array<AlertEvent, kAlertsPerChannelMax> alerts;
    static_cast<void>(slot->pipeline.process(tick, {value, quality}, alerts));
    plan.drive_outputs(*slot, tick);
  }
  void adopt(Plan & next, Plan & previous, Instant now) {
    next.adopt(previous, now, [this](const AlertEvent& event) { emitted.push_back(event); });
  }
};

TEST(Plan, the_next_tick_is_a_whole_period_since_boot) {
  CHECK_TRUE(next_tick(Instant(milliseconds(10'300)), seconds(1)) == Instant(seconds(11)));
  CHECK_TRUE(next_tick(Instant(milliseconds(10'300)), seconds(4)) == Instant(seconds(12)));
}

TEST(Plan, the_next_tick_of_a_tick_is_the_one_behind_it) {
  CHECK_TRUE(next_tick(Instant(seconds(10)), seconds(1)) == Instant(seconds(11)));
}

TEST(Plan, without_channels_it_is_never_due) {
  const auto plan = hand.plan({});
  plan->start(start);
  CHECK_TRUE(plan->next_deadline() == Instant::max());
}

TEST(Plan, every_first_tick_is_soon_and_at_one_stamp) {
  const auto plan = hand.plan({{spec_of("slow", seconds(60)), &sensor}, boiler()});
  plan->start(start);
  for (const Group& group : plan->groups()) {
    CHECK_TRUE(group.next == start + Plan::kFirstTickDelay);
  }
}

TEST(Plan, is_due_when_its_first_group_is) {
  const auto plan = hand.plan({{spec_of("slow", seconds(60)), &sensor}, boiler()});
  plan->groups()[0].next = Instant(seconds(60));
  plan->groups()[1].next = Instant(seconds(59));
  CHECK_TRUE(plan->next_deadline() == Instant(seconds(59)));
}

TEST(Plan, finds_a_channel_by_its_number) {
  const auto plan = hand.plan({{spec_of("slow", seconds(60)), &sensor}, boiler(), tank()});
  Slot* const slot = plan->find(hand.channel("tank"));
  CHECK_TRUE(slot != nullptr);
  CHECK_TRUE(slot->pipeline.channel() == hand.channel("tank"));
}

TEST(Plan, does_not_find_a_channel_it_does_not_have) {
  static_cast<void>(hand.channel("gone"));
  const auto plan = hand.plan({boiler()});
  POINTERS_EQUAL(nullptr, plan->find(hand.channel("gone")));
  POINTERS_EQUAL(nullptr, plan->find(ChannelId{4'000}));
}

TEST(Plan, counts_its_active_alerts) {
  const auto plan = hand.plan({boiler(), tank()}, both());
  CHECK_EQUAL(0U, plan->active_alerts());
  tell(*plan, "boiler", 90.0, start);
  CHECK_EQUAL(1U, plan->active_alerts());
  tell(*plan, "boiler", 20.0, start + seconds(1));
  CHECK_EQUAL(0U, plan->active_alerts());
}

TEST(Plan, an_alert_switches_its_actuator_at_its_tick) {
  const auto plan = hand.plan({boiler()}, both());
  tell(*plan, "boiler", 90.0, start);
  tell(*plan, "boiler", 91.0, start + seconds(1));
  tell(*plan, "boiler", 20.0, start + seconds(2));
  CHECK_EQUAL(2U, fan.changes().size());
  CHECK_TRUE(fan.changes()[0] == (hal::SimulatedActuator::Change{start, true}));
  CHECK_TRUE(fan.changes()[1] == (hal::SimulatedActuator::Change{start + seconds(2), false}));
  CHECK_EQUAL(0U, lamp.changes().size());
}

TEST(Plan, an_actuator_is_on_until_no_alert_wants_it) {
  const auto plan = hand.plan({boiler(), tank()}, both());
  tell(*plan, "boiler", 90.0, start);
  tell(*plan, "tank", 90.0, start + seconds(1));
  tell(*plan, "boiler", 20.0, start + seconds(2));
  CHECK_TRUE(fan.is_on());
  tell(*plan, "tank", 20.0, start + seconds(3));
  CHECK_FALSE(fan.is_on());
  CHECK_EQUAL(2U, fan.changes().size());
}

TEST(Plan, a_fail_safe_switches_on_in_the_tick_of_the_fault_and_off_with_the_next_good_value) {
  const auto plan = hand.plan({safe(FailSafe::kOn)}, both());
  tell(*plan, "boiler", 20.0, start);
  for (const Quality quality :
       {Quality::kFault, Quality::kStale, Quality::kMissing, Quality::kOutOfRange}) {
    tell(*plan, "boiler", 20.0, start + seconds(1), quality);
    CHECK_TRUE(fan.is_on());
    tell(*plan, "boiler", 20.0, start + seconds(2));
    CHECK_FALSE(fan.is_on());
  }
  CHECK_EQUAL(0U, plan->active_alerts());
}

TEST(Plan, a_fail_safe_switches_off_although_the_alert_is_active) {
  const auto plan = hand.plan({safe(FailSafe::kOff)}, both());
  tell(*plan, "boiler", 90.0, start);
  CHECK_TRUE(fan.is_on());
  tell(*plan, "boiler", 90.0, start + seconds(1), Quality::kFault);
  CHECK_FALSE(fan.is_on());
  CHECK_EQUAL(1U, plan->active_alerts());
  tell(*plan, "boiler", 90.0, start + seconds(2));
  CHECK_TRUE(fan.is_on());
}

TEST(Plan, without_a_fail_safe_the_output_holds) {
  const auto plan = hand.plan({safe(FailSafe::kHold)}, both());
  tell(*plan, "boiler", 20.0, start, Quality::kFault);
  CHECK_FALSE(fan.is_on());
  tell(*plan, "boiler", 90.0, start + seconds(1));
  tell(*plan, "boiler", 90.0, start + seconds(2), Quality::kFault);
  CHECK_TRUE(fan.is_on());
}

TEST(Plan, a_fail_safe_waits_for_its_time) {
  const auto plan = hand.plan({safe(FailSafe::kOn, seconds(10))}, both());
  tell(*plan, "boiler", 20.0, start, Quality::kFault);
  tell(*plan, "boiler", 20.0, start + seconds(9), Quality::kFault);
  CHECK_FALSE(fan.is_on());
  tell(*plan, "boiler", 20.0, start + seconds(10), Quality::kStale);
  CHECK_TRUE(fan.is_on());
}

TEST(Plan, the_time_of_a_fail_safe_begins_anew_with_each_good_value) {
  const auto plan = hand.plan({safe(FailSafe::kOn, seconds(10))}, both());
  for (int s = 0; s < 100; ++s) {
    const Quality quality = s % 9 == 0 ? Quality::kGood : Quality::kFault;
    tell(*plan, "boiler", 20.0, start + seconds(s), quality);
  }
  CHECK_EQUAL(0U, fan.changes().size());
}

TEST(Plan, a_good_value_of_a_doubtful_time_is_no_failure) {
  const auto plan = hand.plan({safe(FailSafe::kOn)}, both());
  tell(*plan, "boiler", 20.0, start, Quality::kSuspectClock);
  CHECK_FALSE(fan.is_on());
}

TEST(Plan, a_fail_safe_takes_nothing_from_another_alert) {
  const auto plan = hand.plan({safe(FailSafe::kOff), tank()}, both());
  tell(*plan, "boiler", 90.0, start);
  tell(*plan, "tank", 90.0, start);
  tell(*plan, "boiler", 90.0, start + seconds(1), Quality::kFault);
  CHECK_TRUE(fan.is_on());
  tell(*plan, "tank", 20.0, start + seconds(2));
  CHECK_FALSE(fan.is_on());
}

TEST(Plan, an_output_is_switched_when_its_least_time_is_over) {
  const auto plan = hand.plan({boiler()}, slow_fan());
  plan->start(start);
  tell(*plan, "boiler", 90.0, start + seconds(10));
  CHECK_FALSE(fan.is_on());
  CHECK_TRUE(plan->next_deadline() <= start + seconds(60));
  plan->groups()[0].next = start + seconds(1'000);
  CHECK_TRUE(plan->next_deadline() == start + seconds(60));
  plan->settle_outputs(start + seconds(59));
  CHECK_FALSE(fan.is_on());
  plan->settle_outputs(start + seconds(60));
  CHECK_TRUE(fan.is_on());
  CHECK_TRUE(plan->next_deadline() == start + seconds(1'000));
}

TEST(Plan, a_fail_safe_keeps_the_least_times_too) {
  const auto plan = hand.plan({safe(FailSafe::kOff)}, slow_fan());
  plan->start(start);
  tell(*plan, "boiler", 90.0, start + seconds(100));
  CHECK_TRUE(fan.is_on());
  tell(*plan, "boiler", 90.0, start + seconds(101), Quality::kFault);
  CHECK_TRUE(fan.is_on());
  plan->settle_outputs(start + seconds(130));
  CHECK_FALSE(fan.is_on());
  tell(*plan, "boiler", 90.0, start + seconds(131));
  CHECK_FALSE(fan.is_on());
  plan->settle_outputs(start + seconds(190));
  CHECK_TRUE(fan.is_on());
}

TEST(Plan, adopting_goes_on_with_a_fail_safe_and_its_time) {
  const auto old = hand.plan({safe(FailSafe::kOn, seconds(10))}, both());
  tell(*old, "boiler", 20.0, start, Quality::kFault);
  const auto next = hand.plan({safe(FailSafe::kOn, seconds(10))}, both());
  adopt(*next, *old, start + seconds(5));
  tell(*next, "boiler", 20.0, start + seconds(10), Quality::kFault);
  CHECK_TRUE(fan.is_on());
  const auto last = hand.plan({safe(FailSafe::kOn, seconds(10))}, both());
  adopt(*last, *next, start + seconds(11));
  CHECK_TRUE(fan.is_on());
  CHECK_EQUAL(1U, fan.changes().size());
}

TEST(Plan, adopting_goes_on_with_least_times) {
  const auto old = hand.plan({boiler()}, slow_fan());
  old->start(start);
  tell(*old, "boiler", 90.0, start + seconds(100));
  const auto next = hand.plan({boiler()}, slow_fan());
  adopt(*next, *old, start + seconds(110));
  tell(*next, "boiler", 20.0, start + seconds(111));
  CHECK_TRUE(fan.is_on());
  next->settle_outputs(start + seconds(129));
  CHECK_TRUE(fan.is_on());
  next->settle_outputs(start + seconds(130));
  CHECK_FALSE(fan.is_on());
}

TEST(Plan, adopting_keeps_the_pending_tick_of_a_period) {
  const auto old = hand.plan({boiler()});
  old->groups()[0].next = start;
  const auto next = hand.plan({boiler(), {spec_of("slow", seconds(60)), &sensor}});
  adopt(*next, *old, start + milliseconds(300));
  CHECK_TRUE(next->groups()[0].next == start);
  CHECK_TRUE(next->groups()[1].next == Instant(seconds(120)));
}

TEST(Plan, adopting_keeps_a_raised_alert_and_its_output) {
  const auto old = hand.plan({boiler()}, both());
  tell(*old, "boiler", 90.0, start);
  const auto next = hand.plan({boiler()}, both());
  adopt(*next, *old, start + seconds(1));
  CHECK_EQUAL(0U, emitted.size());
  CHECK_EQUAL(1U, next->active_alerts());
  CHECK_EQUAL(1U, fan.changes().size());
  tell(*next, "boiler", 20.0, start + seconds(2));
  CHECK_FALSE(fan.is_on());
}

TEST(Plan, adopting_clears_the_alert_whose_rule_is_gone) {
  const auto old = hand.plan({boiler()}, both());
  tell(*old, "boiler", 90.0, start);
  const auto next = hand.plan({{spec_of("boiler", seconds(1)), &sensor}}, both());
  adopt(*next, *old, start + seconds(1));
  CHECK_EQUAL(1U, emitted.size());
  CHECK_TRUE(emitted[0].alert == hand.alert("hot"));
  CHECK_TRUE(emitted[0].change == AlertChange::kCleared);
  CHECK_TRUE(emitted[0].time == start + seconds(1));
  CHECK_FALSE(fan.is_on());
}

TEST(Plan, adopting_clears_the_alerts_of_a_channel_that_is_gone) {
  const auto old = hand.plan({boiler(), tank()}, both());
  tell(*old, "boiler", 90.0, start);
  const auto next = hand.plan({tank()}, both());
  adopt(*next, *old, start + seconds(1));
  CHECK_EQUAL(1U, emitted.size());
  CHECK_TRUE(emitted[0].change == AlertChange::kCleared);
  CHECK_FALSE(fan.is_on());
}

TEST(Plan, adopting_says_nothing_of_an_alert_that_was_not_raised) {
  const auto old = hand.plan({boiler()}, both());
  const auto next = hand.plan({}, both());
  adopt(*next, *old, start);
  CHECK_EQUAL(0U, emitted.size());
  CHECK_EQUAL(0U, fan.changes().size());
}

TEST(Plan, adopting_switches_an_actuator_off_that_is_gone) {
  const auto old = hand.plan({boiler()}, both());
  tell(*old, "boiler", 90.0, start);
  const auto next = hand.plan({boiler("")}, {{"lamp", &lamp}});
  adopt(*next, *old, start + seconds(1));
  CHECK_FALSE(fan.is_on());
  CHECK_TRUE(fan.changes()[1].tick == start + seconds(1));
  CHECK_EQUAL(1U, next->active_alerts());
}

TEST(Plan, adopting_does_not_switch_what_was_off) {
  const auto old = hand.plan({boiler()}, both());
  const auto next = hand.plan({boiler("")}, {});
  adopt(*next, *old, start);
  CHECK_EQUAL(0U, fan.changes().size());
  CHECK_EQUAL(0U, lamp.changes().size());
}

TEST(Plan, adopting_moves_a_raised_alert_to_another_actuator) {
  const auto old = hand.plan({boiler()}, both());
  tell(*old, "boiler", 90.0, start);
  const auto next = hand.plan({boiler("lamp")}, both());
  adopt(*next, *old, start + seconds(1));
  CHECK_FALSE(fan.is_on());
  CHECK_TRUE(lamp.is_on());
}

TEST(Plan, adopting_keeps_an_actuator_on_that_another_alert_wants) {
  const auto old = hand.plan({boiler(), tank()}, both());
  tell(*old, "boiler", 90.0, start);
  tell(*old, "tank", 90.0, start);
  const auto next = hand.plan({tank()}, both());
  adopt(*next, *old, start + seconds(1));
  CHECK_TRUE(fan.is_on());
  CHECK_EQUAL(1U, fan.changes().size());
  tell(*next, "tank", 20.0, start + seconds(2));
  CHECK_FALSE(fan.is_on());
}

TEST(Plan, adopting_keeps_what_filters_remember) {
  ChannelSpec spec = spec_of("boiler", seconds(1));
  spec.filters = {MovingMean{2}};
  const auto old = hand.plan({{spec, &sensor}});
  tell(*old, "boiler", 10.0, start);
  const auto next = hand.plan({{spec, &sensor}});
  adopt(*next, *old, start);
  tell(*next, "boiler", 20.0, start + seconds(1));
  CHECK_EQUAL(15.0, next->find(hand.channel("boiler"))->pipeline.latest().value);
}
