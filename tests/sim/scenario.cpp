#include "tests/sim/scenario.hpp"

#include <algorithm>

#include "tests/sim/random.hpp"

namespace sluice::sim {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kKiB = 1024;

hal::SimulatedOptions sensor_options(const Scenario& scenario, std::size_t channel) {
  constexpr hal::Shape kShapes[] = {hal::Shape::kSine, hal::Shape::kRandomWalk, hal::Shape::kNoise,
                                    hal::Shape::kSteps, hal::Shape::kConstant};
  hal::SimulatedOptions options;
  options.shape = kShapes[channel % std::size(kShapes)];
  options.mean = 20.0 + static_cast<double>(channel);
  options.amplitude = options.shape == hal::Shape::kRandomWalk ? 0.05 : 3.0;
  options.period = 10min;
  options.resolution = scenario.rounded ? 0.01 : 0.0;
  options.seed = scenario.seed * 1000 + channel;
  if (!scenario.rounded) options.shape = hal::Shape::kNoise;
  if (channel % 4 == 1) {
    options.faults = {
        {.kind = hal::FaultKind::kNotANumber, .from = 40s, .length = 3s, .every = 7min},
        {.kind = hal::FaultKind::kSpike, .from = 90s, .length = 2s, .spike = 55.5, .every = 5min},
        {.kind = hal::FaultKind::kTimeout, .from = 2min, .length = 11s, .every = 9min},
        {.kind = hal::FaultKind::kAbsent, .from = 3min, .length = 20s, .every = 13min},
        {.kind = hal::FaultKind::kStuck, .from = 4min, .length = 30s, .every = 11min}};
  }
  // The last run goes on until everything has arrived.
  const Duration longest = std::min(scenario.run_max, scenario.length + 1h) + 1min;
  options.ledger_records = static_cast<std::uint64_t>(longest / scenario.period);
  return options;
}

}  // namespace

std::string_view name_of(Weather weather) {
  return weather == Weather::kDay ? "day" : "storm";
}

std::optional<Weather> parse_weather(std::string_view name) {
  for (const Weather weather : {Weather::kDay, Weather::kStorm}) {
    if (name == name_of(weather)) return weather;
  }
  return std::nullopt;
}

Scenario draw_scenario(std::uint64_t seed, Weather weather, Duration length) {
  Scenario scenario;
  scenario.seed = seed;
  scenario.weather = weather;
  scenario.length = length;
  Random random(seed);
  if (weather == Weather::kDay) {
    scenario.manners.duplicate = 0.001;
    scenario.manners.lose = 0.0005;
    scenario.manners.forget = 0.001;
    return scenario;
  }
  constexpr Duration kPeriods[] = {100ms, 250ms, 1s};
  scenario.period = kPeriods[random.below(std::size(kPeriods))];
  scenario.channels = 3 + static_cast<std::size_t>(random.below(18));
  scenario.rounded = random.chance(0.5);
  scenario.seal_after = random.between(2s, 30s);
  scenario.live_every = random.between(1s, 20s);
  scenario.ring = random.between(5s, 30s);
  scenario.fault_every = random.between(8s, 60s);
  scenario.fault_length_max = random.between(20s, 10min);
  if (random.chance(0.4)) {
    // More than the buffer holds in an outage, and than the ring holds in a stall.
    scenario.quota_bytes = (1'640 + random.below(200)) * kKiB;
    scenario.rounded = false;
    scenario.period = 100ms;
    scenario.channels = 12 + static_cast<std::size_t>(random.below(9));
    scenario.fault_length_max = random.between(4min, 8min);
  }
  scenario.run_max = 15min;
  Manners& manners = scenario.manners;
  manners.delay_max = random.between(manners.delay_min, 3s);
  for (double* const probability :
       {&manners.lose, &manners.forget, &manners.refuse, &manners.duplicate}) {
    *probability = static_cast<double>(random.below(60)) / 1000.0;
  }
  return scenario;
}

config::Config gateway_config(const Scenario& scenario, const std::string& database,
                              const std::string& ledgers) {
  config::Config config;
  config.gateway.id = kGatewayId;
  config.realtime.ring = scenario.ring;
  config.seal.seal_after = scenario.seal_after;
  config.seal.commit_every = scenario.storage_every;
  config.storage.path = database;
  config.storage.quota_bytes = scenario.quota_bytes;
  config.storage.free_floor_bytes = 0;  // of the machine that simulates
  config.uplink.delivery.gateway = kGatewayId;
  config.uplink.delivery.live_every = scenario.live_every;
  // Within what World allows for everything to arrive.
  config.uplink.delivery.ask_all_every = std::chrono::minutes(8);
  config.hash = "0123456789abcdef";
  for (std::size_t number = 0; number < scenario.channels; ++number) {
    config::ChannelOptions channel;
    channel.spec.name = "channel_" + std::to_string(number);
    channel.spec.unit = "Cel";
    channel.spec.period = scenario.period;
    hal::SimulatedOptions sensor = sensor_options(scenario, number);
    sensor.ledger = ledger_path(ledgers, channel.spec.name);
    if (sensor.shape == hal::Shape::kSteps) {
      channel.spec.alerts = {{.name = channel.spec.name + "_high",
                              .condition = Above{sensor.mean + 2.0, sensor.mean + 1.0}}};
    }
    channel.sensor = sensor;
    config.channels.push_back(channel);
  }
  return config;
}

std::string ledger_path(const std::string& ledgers, const std::string& channel) {
  return ledgers + "/" + channel;
}

}  // namespace sluice::sim
