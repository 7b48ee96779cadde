#pragma once
// The open sensors and actuators of the gateway. A reload opens what is new and, once no thread
// uses it any more, closes what is gone; what both configurations name stays open and keeps its
// state. Main thread.

#include <memory>
#include <vector>

#include "config/config.hpp"
#include "core/result.hpp"
#include "hal/actuator.hpp"
#include "hal/driver.hpp"
#include "hal/poller.hpp"

namespace sluice::app {

class Equipment {
 public:
  // Opens what `config` names and is not open yet. On failure nothing has changed; the error names
  // the channel or actuator.
  Result<> open(const config::Config& config);
  // Closes what `config` does not name. REQUIRES: no thread uses it any more.
  void keep_only(const config::Config& config);

  // REQUIRES: open, through open(config).
  hal::Sensor& sensor(const config::ChannelOptions& channel) const;
  hal::Actuator& actuator(const hal::ActuatorOptions& options) const;

  // What a worker thread has to poll for `config`. REQUIRES: as above.
  std::unique_ptr<hal::Poller> make_poller(const config::Config& config) const;

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

  std::vector<Sensor> sensors_;
  std::vector<Actuator> actuators_;
};

}  // namespace sluice::app
