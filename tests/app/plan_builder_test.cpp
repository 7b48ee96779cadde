#include "app/plan_builder.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "tests/app/sample_config.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(PlanBuilder) {
  Equipment equipment;
  Numbering numbering;
  const Instant now{seconds(1000)};

  Result<BuiltPlan> build(std::vector<config::ChannelOptions> channels,
                          std::vector<hal::ActuatorOptions> actuators = {}) {
    config::Config config = sample_config("unused", std::move(channels));
    config.actuators = std::move(actuators);
    CHECK_TRUE(equipment.open(config).ok());
    return build_plan(config, equipment, numbering, now);
  }
};

TEST(PlanBuilder, a_gateway_without_channels_has_an_empty_plan) {
  const Result<BuiltPlan> built = build({});
  CHECK_TRUE(built.ok());
  CHECK_TRUE(built->plan->groups().empty());
  CHECK_TRUE(built->declarations.empty());
}

TEST(PlanBuilder, channels_of_one_period_are_one_group) {
  const Result<BuiltPlan> built =
      build({channel_named("a"), channel_named("b", seconds(5)), channel_named("c")});
  CHECK_TRUE(built.ok());
  const std::vector<Group>& groups = built->plan->groups();
  CHECK_EQUAL(2U, groups.size());
  CHECK_TRUE(groups[0].period == seconds(1));
  CHECK_EQUAL(2U, groups[0].slots.size());
  CHECK_EQUAL(1U, groups[1].slots.size());
}

TEST(PlanBuilder, a_slot_reads_the_channels_own_sensor) {
  config::ChannelOptions warm = channel_named("warm");
  std::get<hal::SimulatedOptions>(warm.sensor).mean = 30.0;
  const Result<BuiltPlan> built = build({channel_named("cold"), warm});
  CHECK_TRUE(built.ok());
  Slot* const slot = built->plan->find(*numbering.find_channel("warm", "Cel"));
  CHECK_EQUAL(30.0, slot->sensor->read(now).value);
}

TEST(PlanBuilder, declares_every_channel_and_alert) {
  const Result<BuiltPlan> built = build({with_alert(channel_named("boiler"), "hot")});
  CHECK_TRUE(built.ok());
  const std::vector<Event> expected = {
      ChannelDeclared{now, ChannelId{0}, "boiler", "Cel", seconds(1)},
      AlertDeclared{now, AlertId{0}, ChannelId{0}, "hot", "value >= 80 Cel, clear at 70"}};
  CHECK_TRUE(built->declarations == expected);
}

TEST(PlanBuilder, names_keep_their_numbers_in_the_next_plan) {
  CHECK_TRUE(build({channel_named("a"), with_alert(channel_named("b"), "hot")}).ok());
  const Result<BuiltPlan> built =
      build({with_alert(channel_named("b"), "hot"), channel_named("c"), channel_named("a")});
  CHECK_TRUE(built.ok());
  const auto& first = std::get<ChannelDeclared>(built->declarations[0]);
  STRCMP_EQUAL("b", first.name.c_str());
  CHECK_EQUAL(1, index_of(first.channel));
  CHECK_EQUAL(0, index_of(std::get<AlertDeclared>(built->declarations[1]).alert));
  CHECK_EQUAL(2, index_of(std::get<ChannelDeclared>(built->declarations[2]).channel));
}

TEST(PlanBuilder, an_alert_with_an_action_drives_that_actuator) {
  const Result<BuiltPlan> built =
      build({with_alert(with_alert(channel_named("boiler"), "hot"), "burning", "pump")},
            {actuator_named("fan"), actuator_named("pump")});
  CHECK_TRUE(built.ok());
  const std::vector<Action>& actions = built->plan->groups()[0].slots[0].actions;
  CHECK_EQUAL(1U, actions.size());
  CHECK_EQUAL(1U, actions[0].alert);
  CHECK_EQUAL(1U, actions[0].output);
}

TEST(PlanBuilder, a_derived_channel_has_a_formula_and_no_sensor) {
  config::ChannelOptions twice = channel_named("twice");
  twice.sensor = hal::DerivedOptions{.expression = "2 * a"};
  const Result<BuiltPlan> built = build({twice, channel_named("a")});
  CHECK_TRUE(built.ok());
  CHECK_EQUAL(1U, built->plan->derived().size());
  const Slot& slot = built->plan->at(built->plan->derived()[0]);
  POINTERS_EQUAL(nullptr, slot.sensor);
  CHECK_TRUE(slot.derivation->inputs()[0] == *numbering.find_channel("a", "Cel"));
}

TEST(PlanBuilder, a_run_that_has_used_up_its_channel_numbers_needs_a_restart) {
  for (std::size_t i = 0; i < kChannelNumbersMax; ++i) {
    CHECK_TRUE(numbering.channel("old" + std::to_string(i), "1").has_value());
  }
  const Result<BuiltPlan> built = build({channel_named("new")});
  CHECK_FALSE(built.ok());
  CHECK_TRUE(built.error().code == ErrorCode::kFull);
  STRCMP_CONTAINS("restart", built.error().message.c_str());
}

TEST(PlanBuilder, a_run_that_has_used_up_its_alert_numbers_needs_a_restart) {
  for (std::size_t i = 0; i < kAlertNumbersMax; ++i) {
    CHECK_TRUE(numbering.alert("old" + std::to_string(i)).has_value());
  }
  const Result<BuiltPlan> built = build({with_alert(channel_named("new"), "hot")});
  CHECK_FALSE(built.ok());
  CHECK_TRUE(built.error().code == ErrorCode::kFull);
}
