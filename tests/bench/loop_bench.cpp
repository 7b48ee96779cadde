// The real-time loop's own time: its body over simulated channels in virtual time, and how late it
// wakes on this machine at 1 kHz. Prints one JSON object per line; script/bench shows them beside
// cyclictest's, which it runs in the same minute.

#include <atomic>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include "app/crossings.hpp"
#include "app/equipment.hpp"
#include "app/numbering.hpp"
#include "app/plan_builder.hpp"
#include "app/realtime_loop.hpp"
#include "app/realtime_thread.hpp"
#include "config/config.hpp"
#include "core/check.hpp"
#include "core/histogram.hpp"
#include "hal/system_clock.hpp"

namespace sluice {
namespace {

constexpr std::size_t kChannels = 64;
constexpr Duration kPeriod = std::chrono::milliseconds(1);
constexpr int kBodySteps = 200'000;

// What is done for a channel. Plain: a constant value, a range and one limit. Conditioned: a noisy
// value and a median of five besides, as plants have them.
enum class Load { kPlain, kConditioned };

config::Config plant(Load load) {
  config::Config config;
  for (std::size_t i = 0; i < kChannels; ++i) {
    config::ChannelOptions channel;
    channel.spec.name = "channel" + std::to_string(i);
    channel.spec.unit = "Cel";
    channel.spec.period = kPeriod;
    channel.spec.range = {-40.0, 125.0};
    if (load == Load::kConditioned) channel.spec.filters = {Median{5}};
    AlertRule rule;
    rule.name = "limit" + std::to_string(i);
    rule.condition = Above{45.0, 40.0};
    rule.hold = std::chrono::milliseconds(20);
    channel.spec.alerts = {rule};
    hal::SimulatedOptions sensor;
    sensor.shape = load == Load::kPlain ? hal::Shape::kConstant : hal::Shape::kNoise;
    sensor.mean = 20.0;
    sensor.amplitude = 2.0;
    sensor.resolution = 0.01;
    sensor.seed = i + 1;
    channel.sensor = sensor;
    config.channels.push_back(channel);
  }
  return config;
}

// A loop with everything it needs, and a reader of its ring.
class Bench {
 public:
  Bench(Load load, Instant start) : config_(plant(load)), crossings_(1U << 20U) {
    CHECK(equipment_.open(config_).ok());
    Result<app::BuiltPlan> built = app::build_plan(config_, equipment_, numbering_, start);
    CHECK(built.ok());
    loop_ = std::make_unique<app::RealtimeLoop>(std::move(built->plan), crossings_, plans_, start);
  }

  app::RealtimeLoop& loop() { return *loop_; }
  app::Crossings& crossings() { return crossings_; }
  std::uint64_t drain() {
    std::uint64_t count = 0;
    while (crossings_.readings.try_pop()) ++count;
    while (crossings_.alerts.try_pop() || crossings_.live_alerts.try_pop()) {
    }
    return count;
  }

 private:
  config::Config config_;
  app::Crossings crossings_;
  app::Equipment equipment_;
  app::Numbering numbering_;
  app::Handover<app::Plan> plans_;
  std::unique_ptr<app::RealtimeLoop> loop_;
};

void print(const char* name, double value, const char* unit) {
  std::printf(R"({"name":"%s","value":%.3f,"unit":"%s"})"
              "\n",
              name, value, unit);
}

void print_spread(const std::string& name, const Histogram& histogram) {
  const auto us = [](Duration duration) { return static_cast<double>(to_ns(duration)) / 1e3; };
  print((name + " p50").c_str(), us(histogram.quantile(0.5)), "us");
  print((name + " p99").c_str(), us(histogram.quantile(0.99)), "us");
  print((name + " max").c_str(), us(histogram.max()), "us");
}

void measure_body(const hal::SystemClock& clock, Load load) {
  Instant tick = instant_from_ns(0);
  Bench bench(load, tick);
  Histogram body;
  std::uint64_t readings = 0;
  for (int i = 0; i < kBodySteps; ++i) {
    tick += kPeriod;
    const Instant before = clock.now();
    static_cast<void>(bench.loop().step(tick));
    body.add(clock.now() - before);
    readings += bench.drain();
  }
  CHECK(readings == bench.crossings().loop.read().readings);
  const std::string name =
      load == Load::kPlain ? "body, 64 plain channels" : "body, 64 conditioned";
  print_spread(name, body);
  print((name + ", per reading").c_str(),
        static_cast<double>(to_ns(body.quantile(0.5))) / static_cast<double>(kChannels), "ns");
}

void measure_wake_up(hal::SystemClock& clock, int seconds) {
  Bench bench(Load::kConditioned, clock.now());
  std::atomic<bool> stop{false};
  std::atomic<bool> fifo{false};
  app::lock_memory();
  std::thread realtime([&] {
    fifo = app::become_realtime(50);
    app::run_realtime(bench.loop(), bench.crossings(), clock, stop);
  });
  std::uint64_t readings = 0;
  const Instant end = clock.now() + std::chrono::seconds(seconds);
  while (clock.now() < end) {
    readings += bench.drain();
    clock.sleep_until(clock.now() + std::chrono::milliseconds(20));
  }
  stop = true;
  realtime.join();
  readings += bench.drain();
  const app::LoopTiming timing = bench.crossings().timing.read();
  const app::LoopStatus status = bench.crossings().loop.read();
  CHECK(readings + status.lost_readings.count == status.readings);
  print("SCHED_FIFO granted", fifo ? 1 : 0, "bool");
  print_spread("wake-up lateness", timing.lateness);
  print_spread("body at 1 kHz, 64 conditioned", timing.body);
  print("ticks served", static_cast<double>(status.ticks), "count");
  print("ticks missed", static_cast<double>(status.ticks_missed), "count");
}

}  // namespace
}  // namespace sluice

int main(int argc, char** argv) {
  const int seconds = argc > 1 ? std::atoi(argv[1]) : 10;
  sluice::hal::SystemClock clock;
  sluice::measure_body(clock, sluice::Load::kPlain);
  sluice::measure_body(clock, sluice::Load::kConditioned);
  sluice::measure_wake_up(clock, seconds);
  return 0;
}
