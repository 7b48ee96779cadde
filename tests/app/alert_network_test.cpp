#include "app/alert_network.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "app/realtime_loop.hpp"
#include "hal/simulated_actuator.hpp"
#include "tests/app/hand_plan.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

// Two channels of a second, each with an alert above 80: "hot_a" and "hot_b".
TEST_GROUP(AlertNetwork) {
  HandPlan hand;
  HandSensor a;
  HandSensor b;
  hal::SimulatedActuator fan;
  const std::unique_ptr<Handover<Plan>> plans = std::make_unique<Handover<Plan>>();
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(64);
  std::unique_ptr<RealtimeLoop> loop;
  std::vector<std::string> inhibitors_of_b;
  std::int64_t second = 100;

  static AlertRule rule_of(const std::string& name) {
    AlertRule rule;
    rule.name = name;
    return rule;
  }
  std::vector<HandPlan::Channel> channels() {
    ChannelSpec first = spec_of("a", seconds(1));
    first.alerts = {above("hot_a", 80.0)};
    ChannelSpec other = spec_of("b", seconds(1));
    other.alerts = {above("hot_b", 80.0)};
    other.alerts[0].inhibited_by = inhibitors_of_b;
    return {{other, &b}, {first, &a}};
  }
  std::unique_ptr<Plan> plan() {
    return hand.plan(channels(), {{"fan", &fan}});
  }
  void start() {
    loop = std::make_unique<RealtimeLoop>(plan(), *crossings, *plans, Instant(seconds(second)));
    static_cast<void>(tick());
  }
  void reload() {
    static_cast<void>(plans->collect());
    plans->offer(plan());
  }
  // The next second; what stepped then, as "hot_a raised, top cleared".
  std::string tick() {
    ++second;
    static_cast<void>(loop->step(Instant(seconds(second))));
    std::string steps;
    while (const std::optional<AlertEvent> event = crossings->alerts.try_pop()) {
      last = *event;
      steps += (steps.empty() ? "" : ", ") + name_of_alert(event->alert) + " " +
               std::string(name_of(event->change));
    }
    return steps;
  }
  std::string tick(double of_a, double of_b) {
    a.sample.value = of_a;
    b.sample.value = of_b;
    return tick();
  }
  std::string name_of_alert(AlertId id) {
    for (const char* name : {"hot_a", "hot_b", "top", "middle"}) {
      if (hand.alert(name) == id) return name;
    }
    return "?";
  }
  void expect(const char* expected, const std::string& steps) {
    STRCMP_EQUAL(expected, steps.c_str());
  }

  AlertEvent last;
};

TEST(AlertNetwork, holds_while_all_are_active_and_steps_in_their_tick) {
  hand.composites = {{.rule = rule_of("top"), .all = {"hot_a", "hot_b"}}};
  start();
  expect("hot_a raised", tick(90, 20));
  expect("hot_b raised, top raised", tick(90, 90));
  CHECK_TRUE(last.channel == kNoChannel);
  CHECK_EQUAL(2.0, last.value);
  expect("hot_b cleared, top cleared", tick(90, 20));
}

TEST(AlertNetwork, holds_while_any_is_active) {
  hand.composites = {{.rule = rule_of("top"), .any = {"hot_a", "hot_b"}}};
  start();
  expect("hot_b raised, top raised", tick(20, 90));
  expect("hot_b cleared, hot_a raised", tick(90, 20));
  expect("hot_a cleared, top cleared", tick(20, 20));
}

TEST(AlertNetwork, holds_while_none_is_active) {
  hand.composites = {{.rule = rule_of("top"), .all = {"hot_a"}, .none = {"hot_b"}}};
  start();
  expect("hot_b raised, hot_a raised", tick(90, 90));
  expect("hot_b cleared, top raised", tick(90, 20));
}

TEST(AlertNetwork, nests) {
  hand.composites = {{.rule = rule_of("middle"), .all = {"hot_a", "hot_b"}},
                     {.rule = rule_of("top"), .none = {"middle"}}};
  start();
  CHECK_TRUE(last.alert == hand.alert("top"));
  expect("hot_b raised, hot_a raised, middle raised, top cleared", tick(90, 90));
  expect("hot_b cleared, middle cleared, top raised", tick(90, 20));
}

TEST(AlertNetwork, waits_for_its_hold) {
  AlertRule rule = rule_of("top");
  rule.hold = seconds(2);
  hand.composites = {{.rule = rule, .all = {"hot_a"}}};
  start();
  expect("hot_a raised", tick(90, 20));
  expect("", tick());
  expect("top raised", tick());
}

TEST(AlertNetwork, can_be_acknowledged) {
  hand.composites = {{.rule = rule_of("top"), .all = {"hot_a"}}};
  start();
  expect("hot_a raised, top raised", tick(90, 20));
  CHECK_TRUE(crossings->acknowledgements.try_push(hand.alert("top")));
  expect("top acknowledged", tick());
}

TEST(AlertNetwork, switches_an_output) {
  AlertRule rule = rule_of("top");
  rule.action = "fan";
  hand.composites = {{.rule = rule, .all = {"hot_a", "hot_b"}}};
  start();
  tick(90, 20);
  CHECK_FALSE(fan.is_on());
  tick(90, 90);
  CHECK_TRUE(fan.is_on());
  tick(90, 20);
  CHECK_FALSE(fan.is_on());
}

TEST(AlertNetwork, stays_active_over_a_reload_and_is_cleared_when_it_means_something_else) {
  hand.composites = {{.rule = rule_of("top"), .all = {"hot_a"}}};
  start();
  expect("hot_a raised, top raised", tick(90, 20));
  reload();
  expect("", tick());
  hand.composites = {{.rule = rule_of("top"), .all = {"hot_b"}}};
  reload();
  expect("top cleared", tick());
}

TEST(AlertNetwork, keeps_its_output_over_a_reload) {
  AlertRule rule = rule_of("top");
  rule.action = "fan";
  hand.composites = {{.rule = rule, .all = {"hot_a"}}};
  start();
  tick(90, 20);
  reload();
  tick();
  CHECK_TRUE(fan.is_on());
  tick(20, 20);
  CHECK_FALSE(fan.is_on());
}

TEST(AlertNetwork, raises_none_that_is_inhibited_by_one_of_the_same_tick) {
  inhibitors_of_b = {"hot_a"};
  start();
  expect("hot_a raised", tick(90, 90));
  expect("", tick());
  CHECK_EQUAL(1U, crossings->loop.read().alerts_held_back);
  expect("hot_a cleared", tick(20, 90));
  expect("hot_b raised", tick());
  CHECK_EQUAL(0U, crossings->loop.read().alerts_held_back);
}

TEST(AlertNetwork, raises_one_that_could_be_inhibited_a_tick_later) {
  inhibitors_of_b = {"hot_a"};
  start();
  expect("", tick(20, 90));
  expect("hot_b raised", tick());
}

TEST(AlertNetwork, a_composite_can_inhibit_and_be_inhibited) {
  AlertRule rule = rule_of("top");
  rule.inhibited_by = {"hot_b"};
  hand.composites = {{.rule = rule, .any = {"hot_a"}}};
  start();
  expect("hot_b raised, hot_a raised", tick(90, 90));
  expect("", tick());
  expect("hot_b cleared", tick(90, 20));
  expect("top raised", tick());
}

TEST(AlertNetwork, holds_while_a_bus_is_down) {
  hand.composites = {{.rule = rule_of("top"), .bus = 3}};
  start();
  expect("", tick());
  crossings->buses_down[3].store(true);
  expect("top raised", tick());
  crossings->buses_down[3].store(false);
  expect("top cleared", tick());
}

TEST(AlertNetwork, counts_active_composites_too) {
  hand.composites = {{.rule = rule_of("top"), .any = {"hot_a"}}};
  start();
  tick(90, 20);
  CHECK_EQUAL(2U, crossings->loop.read().alerts_active);
}
