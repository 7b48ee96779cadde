#pragma once
// Configurations made in code, of simulated sensors.

#include <string>
#include <utility>
#include <vector>

#include "config/config.hpp"
#include "core/alert.hpp"
#include "core/time.hpp"
#include "hal/options.hpp"

namespace sluice::app {

// A channel that always reads 20.
inline config::ChannelOptions channel_named(const std::string& name,
                                            Duration period = std::chrono::seconds(1)) {
  config::ChannelOptions channel;
  channel.spec.name = name;
  channel.spec.unit = "Cel";
  channel.spec.period = period;
  hal::SimulatedOptions sensor;
  sensor.mean = 20.0;
  channel.sensor = sensor;
  return channel;
}

// ... but 120 for `length`, `from` its first reading on, and again every `every` (0: once).
inline config::ChannelOptions with_peak(config::ChannelOptions channel, Duration from,
                                        Duration length, Duration every = {}) {
  hal::SimulatedFault peak;
  peak.kind = hal::FaultKind::kSpike;
  peak.from = from;
  peak.length = length;
  peak.spike = 100.0;
  peak.every = every;
  std::get<hal::SimulatedOptions>(channel.sensor).faults.push_back(peak);
  return channel;
}

// ... with an alert above 80.
inline config::ChannelOptions with_alert(config::ChannelOptions channel, const std::string& name,
                                         const std::string& action = "") {
  AlertRule rule;
  rule.name = name;
  rule.condition = Above{80.0, 70.0};
  rule.action = action;
  channel.spec.alerts.push_back(rule);
  return channel;
}

// A channel that reads the file at `path`, on the bus "files".
inline config::ChannelOptions file_channel(const std::string& name, const std::string& path,
                                           Duration period = std::chrono::seconds(1)) {
  config::ChannelOptions channel = channel_named(name, period);
  hal::DeviceOptions options{.driver = "file", .settings = {}};
  options.settings.set("file", path);
  channel.sensor = options;
  return channel;
}

// A channel that reads the file loadavg in `procfs`, on the bus "host". With a pipe there it hangs
// until somebody opens the other end.
inline config::ChannelOptions load_channel(const std::string& name, const std::string& procfs,
                                           Duration period = std::chrono::seconds(1)) {
  config::ChannelOptions channel = channel_named(name, period);
  hal::HostOptions options;
  options.procfs = procfs;
  channel.sensor = options;
  return channel;
}

inline hal::ActuatorOptions actuator_named(const std::string& name) {
  hal::ActuatorOptions options;
  options.name = name;
  options.kind = hal::SimulatedActuatorOptions{};
  return options;
}

// Of a gateway whose buffer is at `path`, without an uplink.
inline config::Config sample_config(const std::string& path,
                                    std::vector<config::ChannelOptions> channels) {
  config::Config config;
  config.gateway.id = "plant-7";
  config.storage.path = path;
  config.uplink.enabled = false;
  config.uplink.delivery.gateway = config.gateway.id;
  config.channels = std::move(channels);
  config.hash = "0123456789abcdef";
  return config;
}

}  // namespace sluice::app
