// How fast stored readings are run through a configuration again: a buffer of 16 channels once a
// second as the gateway leaves it, then the whole replay, with and without encoding what would be
// sent, and the same readings only read and decoded. Prints one JSON object per line.
//
// replay_bench FOLDER [HOURS]

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "app/history.hpp"
#include "app/hot_tail.hpp"
#include "app/replay.hpp"
#include "config/config.hpp"
#include "core/check.hpp"
#include "storage/reader.hpp"
#include "storage/store.hpp"
#include "tests/bench/plant.hpp"
#include "tests/bench/processor_time.hpp"

namespace sluice::bench {
namespace {

using std::chrono::seconds;

constexpr std::size_t kChannels = 16;
constexpr std::size_t kSealReadings = 10'000;  // as the gateway does without a link
constexpr int kRounds = 3;                     // the least counts: whatever else runs only adds
constexpr Duration kSinceBoot = seconds(1'700'000'000);

RunId run_id() {
  RunId run;
  run.bytes.fill(7);
  return run;
}

// Returns the last stamp.
Instant fill(const std::string& path, const Recording& recording) {
  storage::Options options;
  options.path = path;
  options.quota_bytes = std::uint64_t{4} << 30;
  Result<storage::Store> store = storage::Store::open(options, run_id(), "boot", Instant());
  CHECK(store.ok());
  std::vector<Reading> tail;
  bool first = true;
  const auto seal = [&] {
    storage::Commit commit;
    if (first) {
      for (std::size_t i = 0; i < recording.channels.size(); ++i) {
        const ChannelId id{static_cast<std::uint16_t>(i)};
        commit.channels.push_back(
            ChannelDeclared{Instant(), id, recording.channels[i].name, "1", seconds(1), {}});
      }
      commit.clocks.push_back(ClockRecord{Instant(), WallTime(kSinceBoot), Duration(), true});
      first = false;
    }
    commit.chunks = app::seal_by_channel(tail);
    CHECK(store->commit(commit).ok());
    tail.clear();
  };
  Instant last;
  for (const Reading& reading : recording.readings) {
    tail.push_back(reading);
    last = std::max(last, reading.time);
    if (tail.size() == kSealReadings) seal();
  }
  if (!tail.empty()) seal();
  return last;
}

config::Config config_of(const Recording& recording) {
  config::Config config;
  config.gateway.id = "bench";
  for (const DeclaredChannel& channel : recording.channels) {
    config::ChannelOptions options;
    options.spec.name = channel.name;
    options.spec.unit = "1";
    options.spec.period = seconds(1);
    AlertRule rule;
    rule.name = channel.name + "_high";
    rule.condition = Above{1e300, 1e300};
    AlertRule silent;
    silent.name = channel.name + "_silent";
    silent.condition = NoData{seconds(30)};
    options.spec.alerts = {rule, silent};
    options.sensor = hal::SimulatedOptions{};
    config.channels.push_back(std::move(options));
  }
  return config;
}

double least_ns(const std::function<std::uint64_t()>& work, std::uint64_t expected) {
  double least = 0.0;
  for (int round = 0; round < kRounds; ++round) {
    const double begin = processor_ns();
    CHECK(work() == expected);
    const double took = processor_ns() - begin;
    if (round == 0 || took < least) least = took;
  }
  return least;
}

void print(const std::string& name, double value, const std::string& unit) {
  std::puts(nlohmann::json{{"name", name}, {"value", value}, {"unit", unit}}.dump().c_str());
}

int run(const std::string& folder, int hours) {
  PlantOptions plant_options;
  plant_options.channels = kChannels;
  plant_options.readings_min = kChannels * 3'600 * static_cast<std::size_t>(hours);
  const Recording recording = plant(plant_options);
  const std::string path = folder + "/sluice.db";
  const Instant last = fill(path, recording);
  const std::uint64_t readings = recording.readings.size();

  storage::Reader reader = *storage::Reader::open(path);
  const config::Config config = config_of(recording);
  std::vector<std::string> names;
  for (const config::ChannelOptions& channel : config.channels) names.push_back(channel.spec.name);
  app::ReplaySpan span;
  span.from = WallTime(kSinceBoot) - std::chrono::hours(24);
  span.to = WallTime(kSinceBoot + last.time_since_epoch()) + seconds(1);
  const Result<app::RecordedRuns> runs = app::recorded_runs(reader, names, span.from, span.to);
  CHECK(runs.ok());
  const app::ReplayConfig adapted = app::replay_config(config, &config, runs->runs);

  const auto pass = [&] {
    std::uint64_t count = 0;
    for (std::size_t i = 0; i < recording.channels.size(); ++i) {
      const ChannelId id{static_cast<std::uint16_t>(i)};
      app::History history(reader, {run_id(), Stream::kRaw, id, Instant(), last + Duration(1)});
      while (!history.done()) count += history.next(16 * 1024).value().size();
    }
    return count;
  };
  const auto replayed = [&](bool volumes) {
    span.volumes = volumes;
    return app::replay(reader, *runs, adapted, span).value().records;
  };
  const auto count = static_cast<double>(readings);
  const double plain = least_ns(pass, readings);
  const double rules = least_ns([&] { return replayed(false); }, readings);
  const double all = least_ns([&] { return replayed(true); }, readings);
  print("readings", count, "");
  print("read and decoded alone", count / plain * 1e3, "M/s");
  print("replay through two rules each", count / rules * 1e3, "M/s");
  print("the same, and what is sent encoded", count / all * 1e3, "M/s");
  return 0;
}

}  // namespace
}  // namespace sluice::bench

int main(int count, char** words) {
  if (count < 2 || count > 3) {
    std::fputs("usage: replay_bench FOLDER [HOURS]\n", stderr);
    return 2;
  }
  return sluice::bench::run(words[1], count == 3 ? std::atoi(words[2]) : 48);
}
