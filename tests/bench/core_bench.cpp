// The loop's building blocks, one by one, with Google Benchmark. All of it in one process, so that
// the numbers of one run can be compared with each other.

#include <array>
#include <cstddef>
#include <cstring>
#include <utility>
#include <vector>

#include <benchmark/benchmark.h>

#include "core/anomaly.hpp"
#include "core/channel_pipeline.hpp"
#include "core/checksum.hpp"
#include "core/published.hpp"
#include "core/ring.hpp"

namespace sluice {
namespace {

// What everything else is held against: a reading copied through memory.
void copy_reading(benchmark::State& state) {
  Reading from{instant_from_ns(1), 1.0, ChannelId{1}, Quality::kGood};
  Reading to;
  for (auto _ : state) {
    benchmark::DoNotOptimize(from);
    std::memcpy(&to, &from, sizeof(to));
    benchmark::DoNotOptimize(to);
  }
}
BENCHMARK(copy_reading);

void ring_push_and_pop(benchmark::State& state) {
  Ring<Reading> ring(1'024);
  const Reading reading{instant_from_ns(1), 1.0, ChannelId{1}, Quality::kGood};
  for (auto _ : state) {
    benchmark::DoNotOptimize(ring.try_push(reading));
    benchmark::DoNotOptimize(ring.try_pop());
  }
}
BENCHMARK(ring_push_and_pop);

void publish_reading(benchmark::State& state) {
  Published<Reading> latest;
  const Reading reading{instant_from_ns(1), 1.0, ChannelId{1}, Quality::kGood};
  for (auto _ : state) latest.publish(reading);
}
BENCHMARK(publish_reading);

ChannelSpec spec_with(std::vector<FilterSpec> filters) {
  ChannelSpec spec;
  spec.name = "bench";
  spec.unit = "Cel";
  spec.range = {-40.0, 125.0};
  spec.filters = std::move(filters);
  AlertRule rule;
  rule.name = "limit";
  rule.condition = Above{100.0, 90.0};
  spec.alerts = {rule};
  return spec;
}

void process(benchmark::State& state, const ChannelSpec& spec) {
  const AlertId alert{0};
  ChannelPipeline pipeline(ChannelId{0}, spec, {&alert, 1});
  std::array<AlertEvent, kAlertsPerChannelMax> alerts;
  Instant tick;
  double value = 20.0;
  for (auto _ : state) {
    tick += std::chrono::milliseconds(1);
    value = value < 30.0 ? value + 0.01 : 20.0;
    benchmark::DoNotOptimize(pipeline.process(tick, {value, Quality::kGood}, alerts));
  }
}
BENCHMARK_CAPTURE(process, one_limit, spec_with({}));
BENCHMARK_CAPTURE(process, one_limit_and_median_of_5, spec_with({Median{5}}));
BENCHMARK_CAPTURE(process, one_limit_and_mean_of_8, spec_with({MovingMean{8}}));

// As above with the anomaly rule in place of the limit: between its beats, and a beat each time.
void anomaly(benchmark::State& state, Duration period) {
  ChannelSpec spec = spec_with({});
  spec.alerts.front().condition = Anomaly{};
  const AlertId alert{0};
  ChannelPipeline pipeline(ChannelId{0}, spec, {&alert, 1});
  std::array<AlertEvent, kAlertsPerChannelMax> alerts;
  Instant tick;
  double value = 20.0;
  for (auto _ : state) {
    tick += period;
    value = value < 30.0 ? value + 0.01 : 20.0;
    benchmark::DoNotOptimize(pipeline.process(tick, {value, Quality::kGood}, alerts));
  }
}
BENCHMARK_CAPTURE(anomaly, between_beats, std::chrono::milliseconds(1));
BENCHMARK_CAPTURE(anomaly, a_beat_each, AnomalyDetector::kBeat);

void checksum(benchmark::State& state) {
  const std::vector<std::byte> bytes(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(crc32(bytes));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(checksum)->Arg(64)->Arg(4'096);

}  // namespace
}  // namespace sluice

BENCHMARK_MAIN();
