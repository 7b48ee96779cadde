#include "app/recorded_runs.hpp"

#include <chrono>

#include "tests/app/replayed.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(RecordedRuns) {
  Replayed past;
};

TEST(RecordedRuns, say_how_a_channel_was_recorded) {
  config::ChannelOptions channel = tide("tide");
  channel.spec.calibration = {0.5, 1.0};
  past.live(past.with({channel}), minutes(1));
  const RecordedRuns found = past.recorded(past.config_of_then);
  CHECK_EQUAL(1U, found.runs.size());
  const RecordedRun& run = found.runs.front();
  CHECK_TRUE(run.run == past.plant.run());
  CHECK_TRUE(run.config_hashes == std::set<std::string>{"0123456789abcdef"});
  const RecordedChannel& one = run.channels.at("tide").front();
  CHECK_TRUE(one.unit == "Cel" && one.period == seconds(1));
  CHECK_TRUE(one.calibrations.front().calibration == (Calibration{0.5, 1.0}));
}

TEST(RecordedRuns, say_when_an_alert_was_active) {
  past.live(past.with({alerting(tide("tide"), "high", Above{70.0, 60.0})}), minutes(2));
  const RecordedRuns found = past.recorded(past.config_of_then);
  const std::vector<AlertSpan>& alerts = found.runs.front().alerts;
  CHECK_EQUAL(3U, alerts.size());
  for (const AlertSpan& one : alerts) {
    STRCMP_EQUAL("high", one.alert.c_str());
    CHECK_TRUE(one.value >= 70.0);
    CHECK_TRUE(one.cleared.has_value() && *one.cleared > one.raised);
  }
}

TEST(RecordedRuns, leave_out_alerts_of_another_time) {
  past.live(past.with({alerting(tide("tide"), "high", Above{70.0, 60.0})}), minutes(2));
  // A wave takes 40 s and is above 60 from second 2 to 18 of it.
  const RecordedRuns found = past.recorded(past.config_of_then, past.wall(past.start + seconds(25)),
                                           past.wall(past.start + seconds(65)));
  CHECK_EQUAL(1U, found.runs.front().alerts.size());
}

TEST(RecordedRuns, are_those_of_the_span) {
  const config::Config config = past.with({tide("tide")});
  past.live(config, minutes(1));
  CHECK_TRUE(past.recorded(config, WallTime(), past.wall(past.start)).runs.empty());
  const WallTime end = past.wall(past.plant.now);
  CHECK_EQUAL(1U, past.recorded(config, end, WallTime::max()).runs.size());
  CHECK_TRUE(past.recorded(config, end + seconds(1), WallTime::max()).runs.empty());
}

TEST(RecordedRuns, count_those_of_which_nobody_knows_the_time) {
  CHECK_TRUE(past.plant.open(past.with({tide("tide")})).ok());
  past.plant.run_until(past.plant.now + minutes(1));
  CHECK_TRUE(past.plant.gateway().storage().finish(past.plant.now).ok());
  past.plant.lose_power();
  const RecordedRuns found = past.recorded(past.with({tide("tide")}), WallTime(), WallTime::max());
  CHECK_TRUE(found.runs.empty() && found.without_clock == 1);
}

TEST_GROUP(AlertSpans) {
  AlertSpans spans{WallTime(seconds(5))};

  void add(AlertChange change, int second) {
    AlertEvent event;
    event.change = change;
    spans.add("hot", event, WallTime(seconds(second)));
  }
};

TEST(AlertSpans, begin_with_the_run_where_nothing_raised_them) {
  add(AlertChange::kCleared, 20);
  const std::vector<AlertSpan> found = spans.finish(WallTime(seconds(100)));
  CHECK_EQUAL(1U, found.size());
  CHECK_TRUE(found.front().raised == WallTime(seconds(5)));
  CHECK_TRUE(found.front().cleared == WallTime(seconds(20)));
}

TEST(AlertSpans, end_with_the_run_where_nothing_cleared_them) {
  add(AlertChange::kRaised, 10);
  add(AlertChange::kEscalated, 15);
  add(AlertChange::kAcknowledged, 16);
  const std::vector<AlertSpan> found = spans.finish(WallTime(seconds(100)));
  CHECK_EQUAL(1U, found.size());
  CHECK_FALSE(found.front().cleared.has_value());
  CHECK_TRUE(found.front().end == WallTime(seconds(100)));
}
