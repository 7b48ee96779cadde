#pragma once
// What a simulation is made of, drawn from its seed: how much is produced, how bad the network and
// the broker are, how often something breaks.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "config/config.hpp"
#include "core/time.hpp"
#include "tests/sim/fault.hpp"
#include "tests/sim/simulated_broker.hpp"

namespace sluice::sim {

enum class Weather : std::uint8_t {
  kDay,    // an ordinary day: 20 channels once a second, a fault now and then
  kStorm,  // everything at its worst: faults every few seconds, a buffer too small, a tiny ring
};
std::string_view name_of(Weather weather);  // "day", "storm"
std::optional<Weather> parse_weather(std::string_view name);

struct Scenario {
  std::uint64_t seed = 1;
  Weather weather = Weather::kDay;
  Duration length{};
  std::size_t channels = 20;
  Duration period = std::chrono::seconds(1);
  bool rounded = true;  // values with few digits, as sensors have; else every bit counts
  Duration seal_after = std::chrono::seconds(30);
  Duration live_every = std::chrono::minutes(1);
  Duration ring = std::chrono::seconds(30);
  std::uint64_t quota_bytes = 256ULL * 1024 * 1024;
  Duration fault_every = std::chrono::hours(1);  // mean
  Duration fault_length_max = std::chrono::minutes(20);
  Duration run_max = std::chrono::hours(2);  // then the gateway is restarted, so that ledgers end
  Manners manners;
  WallTime wall_start = wall_time_from_ns(1'700'000'000'000'000'000);
  // How often the gateway's storage looks and commits: less often in a long run that is quiet.
  Duration storage_every = std::chrono::seconds(1);

  struct Scripted {
    Duration at{};
    Fault fault;  // the length of a clock jump is how far it goes
  };
  // In order of time. With a script nothing else breaks.
  std::vector<Scripted> script{};
};
Scenario draw_scenario(std::uint64_t seed, Weather weather, Duration length);

// Of the gateway in that scenario; sensors keep ledgers in `ledgers`, the buffer is `database`.
config::Config gateway_config(const Scenario& scenario, const std::string& database,
                              const std::string& ledgers);
// Where the channel of that name keeps what it produced.
std::string ledger_path(const std::string& ledgers, const std::string& channel);

inline constexpr std::string_view kGatewayId = "simulated";

}  // namespace sluice::sim
