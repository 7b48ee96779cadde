#include "app/restoration.hpp"

#include <chrono>
#include <cstdint>
#include <map>
#include <random>
#include <string>
#include <utility>
#include <vector>

#include "tests/app/plant.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::minutes;
using std::chrono::seconds;

// One channel that reads `value` every second, over starts that follow power cuts.
TEST_GROUP(Restoration) {
  Plant plant;
  double value = 20.0;
  bool absent = false;
  std::vector<AlertRule> rules{above_80("hot")};
  std::vector<config::CompositeOptions> composites;

  static AlertRule above_80(const std::string& name) {
    AlertRule rule;
    rule.name = name;
    rule.condition = Above{80.0, 70.0};
    return rule;
  }
  static AlertRule rule_of(const std::string& name, const Condition& condition) {
    AlertRule rule;
    rule.name = name;
    rule.condition = condition;
    return rule;
  }
  void start() {
    config::ChannelOptions channel = channel_named("boiler");
    auto& sensor = std::get<hal::SimulatedOptions>(channel.sensor);
    sensor.mean = value;
    if (absent) {
      hal::SimulatedFault fault;
      fault.kind = hal::FaultKind::kAbsent;
      fault.length = std::chrono::hours(1);
      sensor.faults.push_back(fault);
    }
    channel.spec.alerts = rules;
    config::Config config = sample_config(plant.buffer.path(), {channel});
    config.composites = composites;
    CHECK_TRUE(plant.open(config).ok());
  }
  void run_for(Duration time) {
    plant.run_until(plant.now + time);
  }
  // The next run reads `next`.
  void cut(double next) {
    plant.lose_power();
    value = next;
    start();
  }
  // All steps of all runs, as "hot raised, hot cleared".
  std::string steps() {
    std::map<std::uint16_t, std::string> names;
    std::string steps;
    for (const Event& event : plant.buffer.events()) {
      if (const auto* declared = std::get_if<AlertDeclared>(&event)) {
        names[index_of(declared->alert)] = declared->name;
      } else if (const auto* step = std::get_if<AlertEvent>(&event)) {
        steps += (steps.empty() ? "" : ", ") + names[index_of(step->alert)] + " " +
                 std::string(name_of(step->change));
      }
    }
    return steps;
  }
  void expect(const char* expected) {
    STRCMP_EQUAL(expected, steps().c_str());
  }
  AlertStanding standing(const std::string& name) {
    return plant.gateway().crossings().alert_board.read(
        *plant.gateway().numbering().find_alert(name));
  }
};

TEST(Restoration, an_active_alert_stays_so_without_a_second_record) {
  value = 90;
  start();
  run_for(seconds(5));
  expect("hot raised");
  cut(90);
  ENUMS_EQUAL_INT(AlertChange::kRaised, standing("hot").change);
  CHECK_EQUAL(1U, plant.gateway().crossings().loop.read().alerts_active);
  run_for(seconds(100));
  cut(90);
  run_for(seconds(5));
  expect("hot raised");
}

TEST(Restoration, one_whose_condition_ended_meanwhile_is_cleared_once) {
  value = 90;
  start();
  run_for(seconds(5));
  cut(20);
  run_for(seconds(5));
  cut(20);
  run_for(seconds(5));
  expect("hot raised, hot cleared");
}

TEST(Restoration, one_that_was_raised_and_is_not_durable_is_raised_again) {
  start();
  run_for(seconds(5));
  plant.lose_power();
  value = 90;
  start();
  // The loop has raised it, and nobody has stored that.
  plant.now += seconds(1);
  static_cast<void>(plant.gateway().loop().step(plant.now));
  CHECK_EQUAL(1U, plant.gateway().crossings().alerts.size());
  cut(90);
  run_for(seconds(2));
  expect("hot raised");
}

TEST(Restoration, an_acknowledged_one_stays_acknowledged) {
  value = 90;
  rules[0].escalate_after = seconds(20);
  start();
  run_for(seconds(5));
  CHECK_TRUE(plant.gateway().acknowledge("hot").ok());
  run_for(seconds(2));
  cut(90);
  ENUMS_EQUAL_INT(AlertChange::kAcknowledged, standing("hot").change);
  run_for(seconds(60));
  expect("hot raised, hot acknowledged");
}

TEST(Restoration, one_that_has_escalated_does_not_do_it_again) {
  value = 90;
  rules[0].escalate_after = seconds(20);
  start();
  run_for(seconds(30));
  cut(90);
  ENUMS_EQUAL_INT(Severity::kCritical, standing("hot").severity);
  run_for(seconds(60));
  expect("hot raised, hot escalated");
}

TEST(Restoration, one_that_has_not_escalated_yet_counts_from_its_raise) {
  value = 90;
  rules[0].escalate_after = seconds(60);
  start();
  run_for(seconds(40));
  cut(90);
  run_for(seconds(25));
  expect("hot raised, hot escalated");
}

TEST(Restoration, one_of_a_rule_that_is_gone_is_cleared) {
  value = 90;
  start();
  run_for(seconds(5));
  rules[0].name = "boiling";
  cut(90);
  run_for(seconds(5));
  expect("hot raised, hot cleared, boiling raised");
}

TEST(Restoration, one_of_a_rule_that_has_changed_is_cleared_and_the_new_one_raised) {
  value = 90;
  start();
  run_for(seconds(5));
  rules[0].condition = Above{85.0, 70.0};
  cut(90);
  run_for(seconds(5));
  expect("hot raised, hot cleared, hot raised");
}

TEST(Restoration, a_composite_stays_active_too) {
  config::CompositeOptions composite;
  composite.rule.name = "top";
  composite.all = {"hot"};
  composites = {composite};
  value = 90;
  start();
  run_for(seconds(5));
  cut(90);
  run_for(seconds(5));
  expect("hot raised, top raised");
  cut(20);
  run_for(seconds(5));
  expect("hot raised, top raised, hot cleared, top cleared");
}

TEST(Restoration, silence_that_is_an_alert_ends_with_a_good_reading_alone) {
  rules = {rule_of("silent", NoData{seconds(20)})};
  absent = true;
  start();
  run_for(seconds(30));
  cut(20);
  run_for(seconds(10));
  expect("silent raised");
  absent = false;
  cut(20);
  run_for(seconds(5));
  expect("silent raised, silent cleared");
}

TEST(Restoration, time_without_us_is_no_silence) {
  rules = {rule_of("silent", NoData{seconds(20)})};
  start();
  run_for(seconds(100));
  plant.lose_power();
  plant.now += minutes(10);
  absent = true;
  start();
  run_for(seconds(15));
  expect("");
  run_for(seconds(90));
  expect("silent raised");
}

TEST(Restoration, a_hold_goes_on_where_it_was) {
  rules[0].hold = seconds(200);
  value = 90;
  start();
  run_for(seconds(150));
  cut(90);
  run_for(seconds(60));
  expect("hot raised");
}

TEST(Restoration, a_window_goes_on_where_it_was) {
  rules = {
      rule_of("warm", WindowLevel{Aggregate::kMean, {true, 50.0, 50.0}, seconds(160), seconds(1)})};
  value = 90;
  start();
  run_for(seconds(130));
  cut(90);
  run_for(seconds(80));
  expect("warm raised");
}

TEST(Restoration, a_hold_begins_anew_when_the_rule_is_another_one) {
  rules[0].hold = seconds(200);
  value = 90;
  start();
  run_for(seconds(150));
  rules[0].condition = Above{81.0, 70.0};
  cut(90);
  run_for(seconds(60));
  expect("");
}

TEST(Restoration, a_checkpoint_is_written_about_once_a_minute) {
  start();
  run_for(minutes(10));
  CHECK_TRUE(plant.gateway().storage().status().checkpoints >= 8);
  CHECK_TRUE(plant.gateway().storage().status().checkpoints <= 10);
}

// The ledger: whatever the moment of the cut, raises and ends alternate, none is missing, none
// comes twice.
TEST(Restoration, no_raise_is_lost_and_none_repeated_whenever_power_fails) {
  std::mt19937 random(6);
  AlertRule held = above_80("held");
  held.hold = seconds(3);
  held.cooldown = seconds(2);
  rules = {above_80("hot"), held,
           rule_of("window", WindowLevel{Aggregate::kMax, {true, 80, 70}, seconds(4), seconds(1)}),
           rule_of("several", SeveralOf{{true, 80, 70}, 2, 3})};
  value = 20;
  start();
  for (int round = 0; round < 60; ++round) {
    run_for(seconds(random() % 6));
    if (random() % 2 == 0) {
      // A step of the loop that storage never sees.
      plant.now = next_tick(plant.now, seconds(1));
      static_cast<void>(plant.gateway().loop().step(plant.now));
    }
    cut(random() % 2 == 0 ? 90.0 : 20.0);
  }
  cut(90.0);
  run_for(seconds(20));
  std::map<std::string, bool> active;
  std::map<std::uint16_t, std::string> names;
  int raised = 0;
  for (const Event& event : plant.buffer.events()) {
    if (const auto* declared = std::get_if<AlertDeclared>(&event)) {
      names[index_of(declared->alert)] = declared->name;
    }
    const auto* const step = std::get_if<AlertEvent>(&event);
    if (step == nullptr) continue;
    const std::string& name = names[index_of(step->alert)];
    const bool is_raise = step->change == AlertChange::kRaised;
    CHECK_TRUE(active[name] != is_raise);
    active[name] = is_raise;
    raised += is_raise ? 1 : 0;
  }
  CHECK_TRUE(raised > 20);
  for (const char* name : {"hot", "held", "window", "several"}) CHECK_TRUE(active[name]);
  cut(20.0);
  run_for(seconds(20));
  CHECK_EQUAL(0U, plant.gateway().crossings().loop.read().alerts_active);
}
