#pragma once
// The open sensors and actuators of the gateway. A reload opens what is new and, once no thread
// uses it any more, closes what is gone; what both configurations name stays open and keeps its
// state. Main thread.

#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "app/bus_worker.hpp"
#include "config/config.hpp"
#include "core/result.hpp"
#include "hal/actuator.hpp"
#include "hal/driver.hpp"
#include "hal/poller.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::app {

class Equipment {
 public:
  // Opens what `config` names and is not open yet. On failure nothing has changed; the error names
  // the channel.
  Result<> open(const config::Config& config);
  // Closes what `config` does not name, but for what one of `workers` may still use: a bus that
  // hangs keeps its sensors open. REQUIRES: the loop uses none of it any more.
  void keep_only(const config::Config& config, std::span<const std::unique_ptr<BusWorker>> workers);

  // REQUIRES: open, through open(config).
  hal::Sensor& sensor(const config::ChannelOptions& channel) const;
  hal::Actuator& actuator(const hal::ActuatorOptions& options) const;

  // What worker threads have to do for `config`, by the name of the bus. REQUIRES: as above.
  std::map<std::string, hal::Work> work(const config::Config& config) const;
  // REQUIRES: as above.
  const hal::OpenSensor& opened(const config::ChannelOptions& channel) const;

 private:
  struct Sensor {
    config::ChannelOptions channel;  // as it was when opened; only name, period and sensor matter
    hal::OpenSensor open;
  };
  struct Actuator {
    hal::ActuatorOptions options;
    std::unique_ptr<hal::Actuator> open;
  };
  const Sensor* find(const config::ChannelOptions& channel) const;
  const Actuator* find(const hal::ActuatorOptions& options) const;

  hal::SharedBuses buses_;  // outlives the sensors
  std::vector<Sensor> sensors_;
  std::vector<Actuator> actuators_;
};

}  // namespace sluice::app
