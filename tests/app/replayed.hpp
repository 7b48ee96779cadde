#pragma once
// A gateway's history for tests of replays, made by the gateway itself, and what a replay says of
// it.

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "app/recorded_runs.hpp"
#include "app/replay.hpp"
#include "app/replay_config.hpp"
#include "config/config.hpp"
#include "core/check.hpp"
#include "core/time.hpp"
#include "tests/app/plant.hpp"

namespace sluice::app {

// Wall time less boot time.
inline constexpr Duration kSinceBoot = std::chrono::seconds(1'700'000'000);

class Replayed {
 public:
  Plant plant;
  const Instant start = plant.now;

  // Runs a gateway for so long, beginning off the grid of its periods, and ends it.
  void live(const config::Config& config, Duration length,
            Duration step = std::chrono::milliseconds(100)) {
    config_of_then = config;
    CHECK(plant.open(config).ok());
    const bool noted = plant.gateway().note_clock(
        {plant.now, wall(plant.now), std::chrono::milliseconds(1), true});
    CHECK(noted);
    const Instant end = plant.now + length;
    plant.now += Plan::kFirstTickDelay;
    plant.step();
    plant.run_until(end, step);
    CHECK(plant.gateway().storage().finish(plant.now).ok());
    plant.lose_power();
  }
  static WallTime wall(Instant time) { return WallTime(time.time_since_epoch() + kSinceBoot); }
  config::Config with(std::vector<config::ChannelOptions> channels) const {
    return sample_config(plant.buffer.path(), std::move(channels));
  }

  // Behind the last reading.
  WallTime end() const { return wall(plant.now) + Duration(1); }

  RecordedRuns recorded(const config::Config& config, WallTime from, WallTime to) {
    storage::Reader reader = plant.buffer.reader();
    std::vector<std::string> names;
    for (const config::ChannelOptions& channel : config.channels) {
      names.push_back(channel.spec.name);
    }
    Result<RecordedRuns> found = recorded_runs(reader, names, from, to);
    CHECK(found.ok());
    return *std::move(found);
  }
  RecordedRuns recorded(const config::Config& config) {
    return recorded(config, wall(start), end());
  }
  ReplayOutcome again(const config::Config& config) {
    return again(config, {.from = wall(start), .to = end()});
  }
  ReplayOutcome again(const config::Config& config, const ReplaySpan& span) {
    const RecordedRuns runs = recorded(config, span.from, span.to);
    const ReplayConfig adapted = replay_config(config, &config_of_then, runs.runs);
    notes = adapted.notes;
    storage::Reader reader = plant.buffer.reader();
    Result<ReplayOutcome> outcome = replay(reader, runs, adapted, span);
    CHECK(outcome.ok());
    return *std::move(outcome);
  }
  std::map<std::string, AlertDifference> difference(const config::Config& config) {
    std::vector<std::vector<AlertSpan>> before;
    for (const RecordedRun& run : recorded(config).runs) before.push_back(run.alerts);
    return differences(before, again(config).alerts);
  }
  // What was recorded, by quality.
  std::array<std::uint64_t, kQualityCount> qualities() const {
    std::array<std::uint64_t, kQualityCount> counts{};
    for (const Reading& reading : plant.buffer.readings()) {
      ++counts[static_cast<std::size_t>(reading.quality)];
    }
    return counts;
  }

  config::Config config_of_then;
  std::vector<std::string> notes;  // of the last replay
};

// A sine about 50 with an amplitude of 30.
inline config::ChannelOptions tide(const std::string& name,
                                   Duration period = std::chrono::seconds(1),
                                   Duration wave = std::chrono::seconds(40)) {
  config::ChannelOptions channel = channel_named(name, period);
  hal::SimulatedOptions sensor;
  sensor.shape = hal::Shape::kSine;
  sensor.mean = 50.0;
  sensor.amplitude = 30.0;
  sensor.period = wave;
  channel.sensor = sensor;
  return channel;
}

inline config::ChannelOptions derived(const std::string& name, const std::string& expression,
                                      Duration period = std::chrono::seconds(1)) {
  config::ChannelOptions channel = channel_named(name, period);
  channel.sensor = hal::DerivedOptions{expression};
  return channel;
}

inline config::ChannelOptions alerting(config::ChannelOptions channel, const std::string& name,
                                       const Condition& condition, Duration hold = {}) {
  AlertRule rule;
  rule.name = name;
  rule.condition = condition;
  rule.hold = hold;
  channel.spec.alerts.push_back(rule);
  return channel;
}

}  // namespace sluice::app
