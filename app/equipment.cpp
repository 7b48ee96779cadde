#include "app/equipment.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

#include "core/check.hpp"

namespace sluice::app {
namespace {

bool same_sensor(const config::ChannelOptions& a, const config::ChannelOptions& b) {
  return a.spec.name == b.spec.name && a.spec.period == b.spec.period && a.sensor == b.sensor;
}

}  // namespace

const Equipment::Sensor* Equipment::find(const config::ChannelOptions& channel) const {
  const auto found = std::find_if(sensors_.begin(), sensors_.end(), [&](const Sensor& sensor) {
    return same_sensor(sensor.channel, channel);
  });
  return found == sensors_.end() ? nullptr : &*found;
}

const Equipment::Actuator* Equipment::find(const hal::ActuatorOptions& options) const {
  const auto found =
      std::find_if(actuators_.begin(), actuators_.end(),
                   [&](const Actuator& actuator) { return actuator.options.same_device(options); });
  return found == actuators_.end() ? nullptr : &*found;
}

Result<> Equipment::open(const config::Config& config) {
  std::vector<Sensor> sensors;
  for (const config::ChannelOptions& channel : config.channels) {
    if (find(channel) != nullptr) continue;
    Result<hal::OpenSensor> opened = hal::open_sensor(channel.sensor, channel.spec.period, buses_);
    if (!opened.ok()) {
      return Error{opened.error().code,
                   "channel \"" + channel.spec.name + "\": " + opened.error().message};
    }
    sensors.push_back(Sensor{channel, std::move(*opened)});
  }
  std::vector<Actuator> actuators;
  for (const hal::ActuatorOptions& options : config.actuators) {
    if (find(options) != nullptr) continue;
    actuators.push_back(Actuator{options, hal::open_actuator(options)});
  }
  std::move(sensors.begin(), sensors.end(), std::back_inserter(sensors_));
  std::move(actuators.begin(), actuators.end(), std::back_inserter(actuators_));
  return Ok{};
}

void Equipment::keep_only(const config::Config& config,
                          std::span<const std::unique_ptr<BusWorker>> workers) {
  const auto in_use = [&](const auto* part) {
    return std::any_of(workers.begin(), workers.end(),
                       [&](const auto& worker) { return worker->uses(part); });
  };
  std::erase_if(sensors_, [&](const Sensor& sensor) {
    return !in_use(sensor.open.polled.get()) &&
           std::none_of(config.channels.begin(), config.channels.end(),
                        [&](const config::ChannelOptions& channel) {
                          return same_sensor(sensor.channel, channel);
                        });
  });
  std::erase_if(actuators_, [&](const Actuator& actuator) {
    return !in_use(actuator.open.get()) &&
           std::none_of(config.actuators.begin(), config.actuators.end(),
                        [&](const hal::ActuatorOptions& options) {
                          return actuator.options.same_device(options);
                        });
  });
  std::vector<std::string> buses;
  for (const Sensor& sensor : sensors_) buses.push_back(sensor.open.bus);
  buses_.keep_only(buses);
}

hal::Sensor& Equipment::sensor(const config::ChannelOptions& channel) const {
  return *opened(channel).sensor;
}

hal::Actuator& Equipment::actuator(const hal::ActuatorOptions& options) const {
  const Actuator* const found = find(options);
  CHECK(found != nullptr);
  return *found->open;
}

const hal::OpenSensor& Equipment::opened(const config::ChannelOptions& channel) const {
  const Sensor* const found = find(channel);
  CHECK(found != nullptr);
  return found->open;
}

std::map<std::string, hal::Work> Equipment::work(const config::Config& config) const {
  std::map<std::string, hal::Work> work;
  for (const config::ChannelOptions& channel : config.channels) {
    const hal::OpenSensor& open = opened(channel);
    if (open.polled) work[open.bus].probes.push_back(open.polled.get());
  }
  for (const hal::ActuatorOptions& options : config.actuators) {
    work[hal::bus_of(options)].actuators.push_back(&actuator(options));
  }
  return work;
}

}  // namespace sluice::app
