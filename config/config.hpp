#pragma once
// The whole configuration as checked, plain values. Whoever holds one may rely on every REQUIRES of
// the values inside: only config/parse.hpp makes them.

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "core/channel.hpp"
#include "core/time.hpp"
#include "hal/options.hpp"
#include "storage/store.hpp"
#include "uplink/options.hpp"

namespace sluice::config {

struct GatewayOptions {
  std::string id;  // [A-Za-z0-9_-]{1,64}
  std::string state_directory = "/var/lib/sluice";
  std::string run_directory = "/run/sluice";  // the local API's socket lives here
  bool operator==(const GatewayOptions&) const = default;
};

struct RealtimeOptions {
  int priority = 50;  // SCHED_FIFO 1..99; 0: an ordinary thread
  bool lock_memory = true;
  Duration ring = std::chrono::seconds(30);  // longest storage stall that loses nothing
  bool operator==(const RealtimeOptions&) const = default;
};

struct SealOptions {
  Duration commit_every = std::chrono::seconds(1);
  Duration seal_after = std::chrono::seconds(30);  // age of the oldest reading in the hot tail
  std::size_t seal_readings = 10'000;              // of all channels together
  bool operator==(const SealOptions&) const = default;
};

// An alert over other alerts: it holds when all of `all`, at least one of `any` and none of `none`
// are active, as far as they name some.
struct CompositeOptions {
  AlertRule rule;  // without a condition of its own
  std::vector<std::string> all{};
  std::vector<std::string> any{};
  std::vector<std::string> none{};
  std::string bus_down{};  // instead: the drivers of all channels on this bus are
};

struct ChannelOptions {
  ChannelSpec spec;
  hal::SensorOptions sensor;
};

// Raw readings that are sent ahead of others, for they are from around an alert.
struct AroundAlert {
  enum class Channels { kOwn, kAll };
  Duration before = std::chrono::minutes(1);  // the alert was raised; with `after` 0: none
  Duration after = std::chrono::minutes(1);
  Channels channels = Channels::kOwn;
  bool operator==(const AroundAlert&) const = default;
};

struct UplinkOptions {
  bool enabled = true;
  AroundAlert around_alert;
  uplink::Options delivery;
  uplink::LinkOptions link;
  bool operator==(const UplinkOptions&) const = default;
};

// What the batch layer makes of stored readings.
struct RollupOptions {
  bool enabled = false;
  // Ascending, each a divisor of the next one and the last of a day.
  std::vector<Duration> windows = {std::chrono::minutes(1), std::chrono::minutes(15),
                                   std::chrono::hours(1)};
  Duration lateness = std::chrono::seconds(10);
  std::vector<std::string> except;  // names of channels that have none
  bool operator==(const RollupOptions&) const = default;
};

struct Config {
  GatewayOptions gateway;
  RealtimeOptions realtime;
  SealOptions seal;
  storage::Options storage;                // path derived from the state directory
  std::uint64_t card_endurance_bytes = 0;  // TBW of the card under it; 0: not known
  UplinkOptions uplink;
  RollupOptions rollup;
  std::vector<ChannelOptions> channels;
  std::vector<CompositeOptions> composites;  // each behind those that it names
  std::vector<hal::ActuatorOptions> actuators;
  std::string hash;  // of the file's bytes, 16 hexadecimal digits
};

// Of the buffer, in the state directory.
std::string database_path(const std::string& state_directory);

// Most of each in one gateway; bounds memory and the wire's numbers.
inline constexpr std::size_t kChannelsMax = 1'024;
inline constexpr std::size_t kActuatorsMax = 64;
inline constexpr std::size_t kAlertsMax = 4'096;
inline constexpr std::size_t kWindowAlertsMax = 256;  // 10 KB each
inline constexpr std::size_t kCompositesMax = 256;
inline constexpr std::size_t kFaultsPerSensorMax = 64;

// Most readings that realtime.ring may stand for at the channels' periods: 96 MB of memory.
inline constexpr std::int64_t kRingReadingsMax = 4'000'000;

}  // namespace sluice::config
