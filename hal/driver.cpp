#include "hal/driver.hpp"

#include <chrono>
#include <utility>
#include <variant>

#include "core/check.hpp"
#include "hal/actuator_drivers.hpp"
#include "hal/device_drivers.hpp"
#include "hal/host_probe.hpp"
#include "hal/log_actuator.hpp"
#include "hal/output_actuator.hpp"
#include "hal/polled_sensor.hpp"
#include "hal/replay_sensor.hpp"
#include "hal/simulated_actuator.hpp"
#include "hal/simulated_sensor.hpp"

namespace sluice::hal {
namespace {

// A polled value is stale once a measurement is overdue by a whole period.
constexpr int kPeriodsUntilStale = 2;

// Of a quantity of the machine: a file system on a network may take this long.
constexpr Duration kHostLimit = std::chrono::seconds(5);
constexpr const char* kHostBus = "host";
constexpr const char* kActuatorBus = "actuators";

OpenSensor polled(std::unique_ptr<Probe> probe, std::string bus, Duration period, Duration limit) {
  const Duration stale_after = kPeriodsUntilStale * period;
  auto sensor = std::make_unique<PolledSensor>(stale_after, stale_after + limit);
  auto polled = std::make_unique<PolledProbe>(
      std::move(probe), *sensor, PolledProbe::Options{.period = period, .limit = limit});
  return {.sensor = std::move(sensor), .polled = std::move(polled), .bus = std::move(bus)};
}

const DeviceDriver& driver_of(const DeviceOptions& options) {
  const DeviceDriver* const driver = find_device_driver(options.driver);
  CHECK(driver != nullptr);
  return *driver;
}

const ActuatorDriver& actuator_driver_of(const DeviceOptions& options) {
  const ActuatorDriver* const driver = find_actuator_driver(options.driver);
  CHECK(driver != nullptr);
  return *driver;
}

bool safe_state(const DeviceOptions& options) {
  return options.settings.choice(kSafeKey.name, kSafeStates) != 0;
}

struct SensorOpener {
  Duration period;
  SharedBuses& buses;

  Result<OpenSensor> operator()(const HostOptions& options) const {
    return polled(std::make_unique<HostProbe>(options), kHostBus, period, kHostLimit);
  }
  Result<OpenSensor> operator()(const DeviceOptions& options) const {
    const DeviceDriver& driver = driver_of(options);
    Result<std::unique_ptr<Probe>> opened = driver.open(options.settings, buses);
    if (!opened) return opened.error();
    return polled(*std::move(opened), driver.bus(options.settings), period,
                  driver.limit(options.settings));
  }
  Result<OpenSensor> operator()(const SimulatedOptions& options) const {
    return direct(SimulatedSensor::open(options));
  }
  Result<OpenSensor> operator()(const ReplayOptions& options) const {
    return direct(ReplaySensor::open(options));
  }

  Result<OpenSensor> operator()(const DerivedOptions&) const { return OpenSensor{}; }

  template <typename Driver>
  static Result<OpenSensor> direct(Result<Driver> opened) {
    if (!opened) return opened.error();
    return OpenSensor{
        .sensor = std::make_unique<Driver>(*std::move(opened)), .polled = nullptr, .bus = {}};
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
  std::unique_ptr<Actuator> operator()(const DeviceOptions& options) const {
    return std::make_unique<OutputActuator>(
        name, actuator_driver_of(options).make(options.settings), safe_state(options));
  }
};

}  // namespace

Result<OpenSensor> open_sensor(const SensorOptions& options, Duration period, SharedBuses& buses) {
  CHECK(period > Duration::zero());
  return std::visit(SensorOpener{period, buses}, options);
}

std::string bus_of(const ActuatorOptions& options) {
  const auto* const device = std::get_if<DeviceOptions>(&options.kind);
  return device == nullptr ? kActuatorBus : actuator_driver_of(*device).bus(device->settings);
}

std::unique_ptr<Actuator> open_actuator(const ActuatorOptions& options) {
  return std::visit(ActuatorOpener{options.name}, options.kind);
}

Result<> make_safe(const ActuatorOptions& options) {
  const auto* const device = std::get_if<DeviceOptions>(&options.kind);
  if (device == nullptr) return Ok{};
  return actuator_driver_of(*device).make(device->settings)->open(safe_state(*device));
}

}  // namespace sluice::hal
