#include "app/replay_config.hpp"

#include <chrono>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/app/replayed.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(ReplayConfig) {
  std::vector<RecordedRun> runs{RecordedRun{}};
  std::vector<FilterSpec> filters_then;
  ReplayConfig answer;

  void record(const std::string& name, const std::string& unit = "Cel",
              Calibration calibration = {}) {
    runs.front().channels[name].push_back(
        {ChannelId{}, seconds(1), unit, {{Instant(), calibration}}});
  }
  static config::Config config_of(std::vector<config::ChannelOptions> channels) {
    return sample_config("", std::move(channels));
  }
  // Of one channel that has `filters` and was recorded with those of then.
  const ReplayConfig& with_filters(std::vector<FilterSpec> filters) {
    record("boiler");
    config::ChannelOptions then = channel_named("boiler");
    then.spec.filters = filters_then;
    config::ChannelOptions now = channel_named("boiler");
    now.spec.filters = std::move(filters);
    const config::Config recorded = config_of({then});
    return answer = replay_config(config_of({now}), &recorded, runs);
  }
  const std::vector<FilterSpec>& filters() const {
    return answer.config.channels.front().spec.filters;
  }
};

TEST(ReplayConfig, has_neither_devices_nor_outputs) {
  record("boiler");
  config::Config wanted = config_of({with_alert(file_channel("boiler", "/dev/x"), "hot", "valve")});
  wanted.actuators = {actuator_named("valve")};
  const ReplayConfig found = replay_config(wanted, nullptr, runs);
  CHECK_TRUE(found.config.actuators.empty());
  const config::ChannelOptions& channel = found.config.channels.front();
  CHECK_TRUE(std::holds_alternative<hal::SimulatedOptions>(channel.sensor));
  CHECK_TRUE(channel.spec.alerts.front().action.empty());
}

TEST(ReplayConfig, leaves_calibration_to_the_feed) {
  record("boiler");
  config::ChannelOptions channel = channel_named("boiler");
  channel.spec.calibration = {2.0, 1.0};
  const ReplayConfig found = replay_config(config_of({channel}), nullptr, runs);
  CHECK_TRUE(found.config.channels.front().spec.calibration == Calibration{});
  CHECK_TRUE(found.feeds.at("boiler").wanted == (Calibration{2.0, 1.0}));
}

TEST(ReplayConfig, filters_nothing_twice) {
  filters_then = {Median{3}};
  with_filters({Median{3}});
  CHECK_TRUE(filters().empty());
  CHECK_TRUE(answer.notes.empty());
}

TEST(ReplayConfig, adds_filters_that_come_behind) {
  filters_then = {Median{3}};
  with_filters({Median{3}, MovingMean{4}});
  CHECK_TRUE(filters() == std::vector<FilterSpec>{MovingMean{4}});
  CHECK_TRUE(answer.notes.empty());
}

TEST(ReplayConfig, says_that_filters_cannot_be_undone) {
  filters_then = {Median{3}};
  with_filters({MovingMean{4}});
  CHECK_TRUE(filters() == std::vector<FilterSpec>{MovingMean{4}});
  STRCMP_CONTAINS("cannot be undone", answer.notes.front().c_str());
}

TEST(ReplayConfig, holds_through_a_deadband) {
  filters_then = {Median{3}, Deadband{1.0, seconds(30)}};
  with_filters(filters_then);
  CHECK_TRUE(filters() == (std::vector<FilterSpec>{Deadband{1.0, seconds(30)}}));
  CHECK_TRUE(answer.feeds.at("boiler").hold_min == seconds(31));
  STRCMP_CONTAINS("deadband", answer.notes.front().c_str());
}

TEST(ReplayConfig, takes_the_filters_for_those_of_then_where_nobody_knows) {
  record("boiler");
  config::ChannelOptions channel = channel_named("boiler");
  channel.spec.filters = {Median{3}};
  answer = replay_config(config_of({channel}), nullptr, runs);
  CHECK_TRUE(filters().empty());
  STRCMP_CONTAINS("nobody knows", answer.notes.front().c_str());
}

TEST(ReplayConfig, leaves_out_what_is_not_recorded_and_what_needs_it) {
  record("boiler");
  const ReplayConfig found = replay_config(
      config_of({derived("more", "twice + boiler"), derived("twice", "pump * 2"),
                 channel_named("boiler"), channel_named("pump"), derived("half", "boiler / 2")}),
      nullptr, runs);
  CHECK_EQUAL(2U, found.config.channels.size());
  STRCMP_EQUAL("boiler", found.config.channels[0].spec.name.c_str());
  STRCMP_EQUAL("half", found.config.channels[1].spec.name.c_str());
  CHECK_EQUAL(3U, found.notes.size());
}

TEST(ReplayConfig, leaves_out_what_was_recorded_in_another_unit) {
  record("boiler", "K");
  const ReplayConfig found = replay_config(config_of({channel_named("boiler")}), nullptr, runs);
  CHECK_TRUE(found.config.channels.empty() && found.feeds.empty());
  STRCMP_CONTAINS("recorded in \"K\"", found.notes.front().c_str());
}

TEST(ReplayConfig, says_that_it_cannot_read_between_records) {
  record("boiler");
  const ReplayConfig found = replay_config(
      config_of({channel_named("boiler", std::chrono::milliseconds(700))}), nullptr, runs);
  STRCMP_CONTAINS("recorded every 1s", found.notes.front().c_str());
}

// A composite kept its output, and its alerts had to be there: a replay ended in a failed check.
TEST(ReplayConfig, keeps_composites_whose_alerts_can_be_judged) {
  record("boiler");
  config::Config wanted = config_of(
      {with_alert(channel_named("boiler"), "hot"), with_alert(channel_named("pump"), "wet")});
  wanted.actuators = {actuator_named("valve")};
  const auto add = [&](const std::string& name, std::vector<std::string> all) {
    config::CompositeOptions composite;
    composite.rule.name = name;
    composite.rule.action = "valve";
    composite.all = std::move(all);
    wanted.composites.push_back(composite);
  };
  add("kept", {"hot"});
  add("lost", {"hot", "wet"});
  add("lost_too", {"lost"});
  wanted.channels.front().spec.alerts.front().inhibited_by = {"kept", "wet"};
  const ReplayConfig found = replay_config(wanted, nullptr, runs);
  CHECK_EQUAL(1U, found.config.composites.size());
  STRCMP_EQUAL("kept", found.config.composites.front().rule.name.c_str());
  CHECK_TRUE(found.config.composites.front().rule.action.empty());
  CHECK_TRUE(found.config.channels.front().spec.alerts.front().inhibited_by ==
             std::vector<std::string>{"kept"});
  CHECK_EQUAL(4U, found.notes.size());
}

TEST(ReplayConfig, leaves_out_what_looks_at_a_bus) {
  record("boiler");
  config::Config wanted = config_of({channel_named("boiler")});
  config::CompositeOptions composite;
  composite.rule.name = "down";
  composite.bus_down = "i2c:1";
  wanted.composites = {composite};
  const ReplayConfig found = replay_config(wanted, nullptr, runs);
  CHECK_TRUE(found.config.composites.empty());
  STRCMP_CONTAINS("its bus", found.notes.front().c_str());
}
