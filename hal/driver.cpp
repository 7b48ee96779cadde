#include "hal/driver.hpp"

#include <utility>
#include <variant>

#include "hal/host_probe.hpp"
#include "hal/log_actuator.hpp"
#include "hal/polled_sensor.hpp"
#include "hal/replay_sensor.hpp"
#include "hal/simulated_actuator.hpp"
#include "hal/simulated_sensor.hpp"

namespace sluice::hal {
namespace {

// A polled value is stale once a measurement is overdue by a whole period.
constexpr int kPeriodsUntilStale = 2;

struct SensorOpener {
  Duration period;

  Result<OpenSensor> operator()(const HostOptions& options) const {
    auto sensor = std::make_unique<PolledSensor>(kPeriodsUntilStale * period);
    Mailbox* const mailbox = &sensor->mailbox();
    return OpenSensor{.sensor = std::move(sensor),
                      .probe = std::make_unique<HostProbe>(options),
                      .mailbox = mailbox};
  }
  Result<OpenSensor> operator()(const SimulatedOptions& options) const {
    return direct(SimulatedSensor::open(options));
  }
  Result<OpenSensor> operator()(const ReplayOptions& options) const {
    return direct(ReplaySensor::open(options));
  }

  template <typename Driver>
  static Result<OpenSensor> direct(Result<Driver> opened) {
    if (!opened) return opened.error();
    return OpenSensor{.sensor = std::make_unique<Driver>(*std::move(opened)),
                      .probe = nullptr,
                      .mailbox = nullptr};
  }
};

struct ActuatorOpener {
  const std::string& name;

  std::unique_ptr<Actuator> operator()(const LogActuatorOptions&) const {
    return std::make_unique<LogActuator>(name);
  }
  std::unique_ptr<Actuator> operator()(const SimulatedActuatorOptions&) const {
    return std::make_unique<SimulatedActuator>();
  }
};

}  // namespace

Result<OpenSensor> open_sensor(const SensorOptions& options, Duration period) {
  CHECK(period > Duration::zero());
  return std::visit(SensorOpener{period}, options);
}

Result<std::unique_ptr<Actuator>> open_actuator(const ActuatorOptions& options) {
  return std::visit(ActuatorOpener{options.name}, options.kind);
}

}  // namespace sluice::hal
