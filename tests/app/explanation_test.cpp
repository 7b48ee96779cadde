#include "app/explanation.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/app/plant.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

// A boiler that is at 120 for five seconds from second 10 of a run on, and at 20 otherwise.
TEST_GROUP(Explanation) {
  Plant plant;
  config::Config config;
  config::ChannelOptions boiler =
      with_alert(with_peak(channel_named("boiler"), seconds(10), seconds(5)), "hot");

  void run(Duration time = seconds(30)) {
    config = sample_config(plant.buffer.path(), {boiler});
    if (has_top) {
      config::CompositeOptions top;
      top.rule.name = "top";
      top.all = {"hot"};
      config.composites = {top};
    }
    CHECK_TRUE(plant.open(config).ok());
    plant.run_until(plant.now + time);
  }
  Explanation of(const std::string& alert, const std::optional<config::Config>& by) {
    storage::Reader reader = plant.buffer.reader();
    Result<Explanation> found = explain(reader, alert, {seconds(3), seconds(2)}, by);
    CHECK_TRUE(found.ok());
    return std::move(*found);
  }

  bool has_top = false;
};

TEST(Explanation, has_the_rule_and_the_steps_of_the_last_raise) {
  run();
  const Explanation hot = of("hot", config);
  STRCMP_EQUAL("value >= 80 Cel, clear at 70", hot.rule.c_str());
  STRCMP_EQUAL("1.2.3", hot.version.c_str());
  STRCMP_EQUAL("boiler", hot.channel->name.c_str());
  CHECK_EQUAL(120.0, hot.raised.value);
  CHECK_EQUAL(1U, hot.since.size());
  ENUMS_EQUAL_INT(AlertChange::kCleared, hot.since[0].change);
  CHECK_TRUE(hot.run == plant.run());
}

TEST(Explanation, holds_the_readings_to_the_rule) {
  run();
  const Explanation hot = of("hot", config);
  STRCMP_EQUAL("", hot.not_judged.c_str());
  CHECK_EQUAL(6U, hot.readings.size());
  for (const ExplainedReading& one : hot.readings) {
    const bool is_after = one.reading.time >= hot.raised.time;
    CHECK_EQUAL(is_after ? 120.0 : 20.0, one.reading.value);
    CHECK_TRUE(one.verdict == (is_after ? Verdict::kHolds : Verdict::kClear));
  }
}

TEST(Explanation, judges_a_window_by_all_that_came_before) {
  boiler.spec.alerts[0].condition =
      WindowLevel{Aggregate::kMax, {true, 80, 70}, seconds(8), seconds(1)};
  run();
  const Explanation hot = of("hot", config);
  for (const ExplainedReading& one : hot.readings) {
    CHECK_TRUE((one.verdict == Verdict::kHolds) == (one.reading.time >= hot.raised.time));
  }
}

TEST(Explanation, takes_the_last_run_in_which_it_was_raised) {
  run();
  plant.lose_power();
  run();
  CHECK_TRUE(of("hot", config).run == plant.run());
  plant.lose_power();
  run(seconds(5));
  CHECK_FALSE(of("hot", config).run == plant.run());
}

TEST(Explanation, says_why_it_does_not_judge) {
  run();
  STRCMP_CONTAINS("no configuration", of("hot", std::nullopt).not_judged.c_str());
  config.channels[0].spec.alerts[0].condition = Above{90, 70};
  STRCMP_CONTAINS("another one", of("hot", config).not_judged.c_str());
  CHECK_FALSE(of("hot", config).readings.at(0).verdict.has_value());
  config.channels.clear();
  STRCMP_CONTAINS("no such rule", of("hot", config).not_judged.c_str());
}

TEST(Explanation, of_an_alert_over_others_has_their_steps) {
  has_top = true;
  run();
  const Explanation top = of("top", config);
  CHECK_FALSE(top.channel.has_value());
  CHECK_EQUAL(1U, top.before.size());
  STRCMP_EQUAL("hot", top.before[0].alert.c_str());
  STRCMP_CONTAINS("hot raised", text_of(top).c_str());
}

TEST(Explanation, finds_nothing_of_an_alert_that_was_never_raised) {
  run(seconds(5));
  storage::Reader reader = plant.buffer.reader();
  CHECK_FALSE(explain(reader, "hot", {}, config).ok());
}

TEST(Explanation, says_what_the_clock_was_like) {
  boiler.spec.alerts[0].hold = seconds(2);
  config = sample_config(plant.buffer.path(), {boiler});
  CHECK_TRUE(plant.open(config).ok());
  CHECK_TRUE(plant.gateway().note_clock(
      {plant.now, WallTime(seconds(1'700'000'000)), std::chrono::milliseconds(5), true}));
  plant.run_until(plant.now + seconds(30));
  const Explanation hot = of("hot", config);
  CHECK_TRUE(hot.clock && hot.clock->synchronised);
  STRCMP_CONTAINS("2023-11-14T22:13:3", text_of(hot).c_str());
  STRCMP_CONTAINS("clock     synchronised, good to 0.005 s", text_of(hot).c_str());
}
