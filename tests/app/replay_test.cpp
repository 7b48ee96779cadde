#include "app/replay.hpp"

#include <algorithm>
#include <chrono>
#include <string>
#include <utility>
#include <vector>

#include "app/wall_spans.hpp"
#include "hal/simulated_sensor.hpp"
#include "tests/app/replayed.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(Replay) {
  Replayed past;

  static config::ChannelOptions flaky() {
    config::ChannelOptions channel = channel_named("flaky", milliseconds(500));
    hal::SimulatedOptions sensor;
    sensor.shape = hal::Shape::kNoise;
    sensor.mean = 20.0;
    sensor.amplitude = 5.0;
    const auto add = [&](hal::FaultKind kind, int from, int length) {
      sensor.faults.push_back(
          {.kind = kind, .from = seconds(from), .length = seconds(length), .every = minutes(1)});
    };
    add(hal::FaultKind::kNotANumber, 5, 3);
    add(hal::FaultKind::kStuck, 15, 8);
    add(hal::FaultKind::kAbsent, 30, 6);
    add(hal::FaultKind::kTimeout, 45, 4);
    channel.sensor = sensor;
    channel.spec.range = {10.0, 30.0};
    return channel;
  }
  // A bit of everything.
  config::Config everything() const {
    std::vector<config::ChannelOptions> channels;
    channels.push_back(alerting(tide("tide"), "high", Above{70.0, 60.0}));
    channels.push_back(alerting(tide("ebb", milliseconds(300), seconds(90)), "low",
                                Below{30.0, 40.0}, seconds(2)));
    channels.back().spec.calibration = {0.5, 10.0};
    channels.back().spec.filters = {MovingMean{4}};
    config::ChannelOptions broken = alerting(flaky(), "silent", NoData{seconds(2)});
    broken = alerting(broken, "stuck", FlatLine{0.0, seconds(3)});
    broken = alerting(broken, "fast", RateOfChange{3.0, 1.0, seconds(2)});
    channels.push_back(std::move(broken));
    channels.push_back(alerting(derived("sum", "tide + ebb"), "much", Above{95.0, 90.0}));
    return past.with(std::move(channels));
  }
  static std::string text_of(const AlertSpan& span) {
    return span.alert + " " + std::to_string(to_ns(span.raised)) + " " +
           (span.cleared ? std::to_string(to_ns(*span.cleared)) : "-") + " " +
           std::to_string(span.value);
  }
};

// The property that all the rest stands on: what was recorded, run through the same configuration,
// gives the same alerts at the same ticks with the same values, and the same readings.
TEST(Replay, of_the_same_configuration_gives_what_happened) {
  const config::Config config = everything();
  past.live(config, minutes(10));
  const RecordedRuns runs = past.recorded(config);
  const ReplayOutcome outcome = past.again(config);
  CHECK_EQUAL(1U, runs.runs.size());
  CHECK_TRUE(runs.runs.front().alerts.size() > 50);
  CHECK_EQUAL(runs.runs.front().alerts.size(), outcome.alerts.front().size());
  for (std::size_t i = 0; i < outcome.alerts.front().size(); ++i) {
    STRCMP_EQUAL(text_of(runs.runs.front().alerts[i]).c_str(),
                 text_of(outcome.alerts.front()[i]).c_str());
  }
  CHECK_TRUE(past.qualities() == outcome.readings);
  CHECK_TRUE(past.notes.empty());
}

TEST(Replay, goes_on_over_restarts) {
  const config::Config config = everything();
  past.live(config, minutes(3));
  past.plant.now += minutes(2);
  past.live(config, minutes(3));
  const RecordedRuns runs = past.recorded(config);
  const ReplayOutcome outcome = past.again(config);
  CHECK_EQUAL(2U, runs.runs.size());
  for (std::size_t run = 0; run < 2; ++run) {
    // The gateway goes on with what its rules knew of the run before, and a replay begins anew: by
    // then they know the same.
    const RecordedRun& one = runs.runs[run];
    const WallTime settled = wall_at(one.clocks, one.begin) + (run == 0 ? seconds(0) : seconds(60));
    const auto is_settled = [&](const AlertSpan& span) { return span.raised >= settled; };
    CHECK_EQUAL(std::ranges::count_if(one.alerts, is_settled),
                std::ranges::count_if(outcome.alerts[run], is_settled));
    CHECK_TRUE(std::ranges::count_if(one.alerts, is_settled) > 5);
  }
  CHECK_TRUE(past.qualities() == outcome.readings);
}

TEST(Replay, shows_what_another_limit_would_have_done) {
  past.live(past.with({alerting(tide("tide"), "high", Above{70.0, 60.0}),
                       alerting(tide("other"), "never", Above{90.0, 80.0})}),
            minutes(4));
  const config::Config next = past.with({alerting(tide("tide"), "high", Above{81.0, 60.0}),
                                         alerting(tide("other"), "never", Above{75.0, 60.0})});
  const auto found = past.difference(next);
  const AlertDifference& high = found.at("high");
  CHECK_TRUE(high.before == 6 && high.after == 0 && high.both == 0);
  CHECK_EQUAL(6U, high.only_before.size());
  const AlertDifference& never = found.at("never");
  CHECK_TRUE(never.before == 0 && never.after == 6);
  CHECK_EQUAL(6U, never.only_after.size());
}

TEST(Replay, takes_what_overlaps_as_the_same_alarm) {
  past.live(past.with({alerting(tide("tide"), "high", Above{70.0, 60.0})}), minutes(4));
  const auto found =
      past.difference(past.with({alerting(tide("tide"), "high", Above{72.0, 60.0}, seconds(3))}));
  CHECK_TRUE(found.at("high").both == 6);
  CHECK_TRUE(found.at("high").only_after.empty() && found.at("high").only_before.empty());
}

TEST(Replay, reads_less_often_where_the_period_is_longer) {
  past.live(past.with({tide("tide", milliseconds(200))}), minutes(2));
  const ReplayOutcome outcome = past.again(past.with({tide("tide", seconds(1))}));
  // The first one lies off the grid.
  CHECK_EQUAL(past.qualities()[0] / 5 + 1, outcome.readings[0]);
}

TEST(Replay, undoes_a_calibration) {
  config::ChannelOptions then = tide("tide");
  then.spec.calibration = {2.0, 5.0};  // 45 to 165
  past.live(past.with({then}), minutes(4));
  config::ChannelOptions now = alerting(tide("tide"), "high", Above{70.0, 60.0});
  CHECK_TRUE(past.difference(past.with({now})).at("high").after == 6);
  CHECK_TRUE(past.notes.empty());
}

TEST(Replay, judges_a_range_anew) {
  config::ChannelOptions then = tide("tide");
  then.spec.range = {30.0, 60.0};
  past.live(past.with({then}), minutes(4));
  CHECK_TRUE(past.qualities()[static_cast<std::size_t>(Quality::kOutOfRange)] > 50);
  const ReplayOutcome outcome = past.again(past.with({tide("tide")}));
  CHECK_EQUAL(0U, outcome.readings[static_cast<std::size_t>(Quality::kOutOfRange)]);
}

TEST(Replay, holds_what_a_deadband_held) {
  config::ChannelOptions then = alerting(tide("tide"), "high", Above{70.0, 60.0}, seconds(5));
  then.spec.filters = {Deadband{25.0, minutes(1)}};
  past.live(past.with({then}), minutes(4));
  // Few are recorded, and the alert is as if all were.
  CHECK_TRUE(past.qualities()[0] < 60);
  const ReplayOutcome outcome = past.again(past.with({then}));
  CHECK_EQUAL(past.qualities()[0], outcome.readings[0]);
  CHECK_EQUAL(6U, outcome.alerts.front().size());
  CHECK_EQUAL(1U, past.notes.size());
}

TEST(Replay, calculates_a_derived_channel_that_was_not_there) {
  past.live(past.with({tide("tide")}), minutes(4));
  const config::Config next = past.with(
      {tide("tide"), alerting(derived("twice", "tide * 2"), "much", Above{140.0, 120.0})});
  CHECK_TRUE(past.difference(next).at("much").after == 6);
}

TEST(Replay, warms_up_before_it_counts) {
  past.live(past.with({alerting(tide("tide", seconds(1), minutes(4)), "high", Above{70.0, 60.0})}),
            minutes(4));
  const RecordedRuns runs = past.recorded(past.config_of_then);
  const AlertSpan& first = runs.runs.front().alerts.front();
  const WallTime from = first.raised + seconds(5);
  const ReplaySpan span{.from = from, .to = past.wall(past.plant.now), .warm_up = minutes(10)};
  const ReplayOutcome outcome = past.again(past.config_of_then, span);
  CHECK_TRUE(outcome.alerts.front().front().raised == first.raised);
  // All but the step that raised the first one.
  CHECK_EQUAL(
      2 * runs.runs.front().alerts.size() - 1 - (runs.runs.front().alerts.back().cleared ? 0U : 1U),
      outcome.alert_steps);
  CHECK_EQUAL(static_cast<std::uint64_t>((span.to - from) / seconds(1)), outcome.readings[0]);

  ReplaySpan cold = span;
  cold.warm_up = {};
  CHECK_TRUE(past.again(past.config_of_then, cold).alerts.front().front().raised >= from);
}

TEST(Replay, leaves_the_time_out_in_which_nothing_is_recorded) {
  const config::Config config = past.with({alerting(tide("tide"), "silent", NoData{seconds(30)})});
  past.live(config, minutes(2));
  past.plant.now += std::chrono::hours(10);
  past.live(config, minutes(2));
  const ReplayOutcome outcome = past.again(config);
  CHECK_TRUE(outcome.alerts[0].empty() && outcome.alerts[1].empty());
}

TEST(Replay, opens_no_device_and_switches_nothing) {
  past.live(past.with({tide("tide")}), minutes(1));
  config::Config next = past.with({file_channel("tide", "/no/such/file")});
  next.actuators = {actuator_named("valve")};
  next.channels.front() = with_alert(next.channels.front(), "high", "valve");
  CHECK_EQUAL(past.qualities()[0], past.again(next).readings[0]);
}

TEST(Replay, says_what_was_recorded_and_what_its_chunks_take) {
  past.live(past.with({tide("tide")}), minutes(4));
  storage::Reader reader = past.plant.buffer.reader();
  const RecordedRuns runs = past.recorded(past.config_of_then);
  std::uint64_t bytes = 0;
  for (const Chunk& chunk : past.plant.buffer.chunks(Stream::kRaw)) bytes += chunk.bytes.size();
  const Result<RecordedVolume> volume =
      recorded_volume(reader, runs, past.wall(past.start), past.wall(past.plant.now + seconds(1)));
  CHECK_TRUE(volume.ok());
  CHECK_TRUE(volume->readings == past.qualities());
  CHECK_EQUAL(bytes, volume->chunk_bytes);
  CHECK_EQUAL(0U, volume->in_hot_tail);
}

TEST_GROUP(ReplayDifferences){static AlertSpan span(int raised, int end){
    return {"hot", WallTime(seconds(raised)), WallTime(seconds(end)), WallTime(seconds(end))};
}
}
;

TEST(ReplayDifferences, are_of_the_same_run_alone) {
  const auto found = differences({{span(0, 10)}, {}}, {{}, {span(5, 8)}});
  CHECK_EQUAL(1U, found.at("hot").only_before.size());
  CHECK_EQUAL(1U, found.at("hot").only_after.size());
  CHECK_TRUE(found.at("hot").both == 0);
}

TEST(ReplayDifferences, see_one_long_alarm_in_the_place_of_two) {
  const auto found = differences({{span(0, 10), span(20, 30), span(40, 50)}}, {{span(5, 25)}});
  CHECK_TRUE(found.at("hot").both == 1);
  CHECK_EQUAL(1U, found.at("hot").only_before.size());
  CHECK_TRUE(found.at("hot").only_before.front().raised == WallTime(seconds(40)));
}
