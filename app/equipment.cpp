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
                   [&](const Actuator& actuator) { return actuator.options == options; });
  return found == actuators_.end() ? nullptr : &*found;
}

Result<> Equipment::open(const config::Config& config) {
  std::vector<Sensor> sensors;
  for (const config::ChannelOptions& channel : config.channels) {
    if (find(channel) != nullptr) continue;
    Result<hal::OpenSensor> opened = hal::open_sensor(channel.sensor, channel.spec.period);
    if (!opened.ok()) {
      return Error{opened.error().code,
                   "channel \"" + channel.spec.name + "\": " + opened.error().message};
    }
    sensors.push_back(Sensor{channel, std::move(*opened)});
  }
  std::vector<Actuator> actuators;
  for (const hal::ActuatorOptions& options : config.actuators) {
    if (find(options) != nullptr) continue;
    Result<std::unique_ptr<hal::Actuator>> opened = hal::open_actuator(options);
    if (!opened.ok()) {
      return Error{opened.error().code,
                   "actuator \"" + options.name + "\": " + opened.error().message};
    }
    actuators.push_back(Actuator{options, std::move(*opened)});
  }
  std::move(sensors.begin(), sensors.end(), std::back_inserter(sensors_));
  std::move(actuators.begin(), actuators.end(), std::back_inserter(actuators_));
  return Ok{};
}

void Equipment::keep_only(const config::Config& config) {
  std::erase_if(sensors_, [&](const Sensor& sensor) {
    return std::none_of(config.channels.begin(), config.channels.end(),
                        [&](const config::ChannelOptions& channel) {
                          return same_sensor(sensor.channel, channel);
                        });
  });
  std::erase_if(actuators_, [&](const Actuator& actuator) {
    return std::find(config.actuators.begin(), config.actuators.end(), actuator.options) ==
           config.actuators.end();
  });
}

hal::Sensor& Equipment::sensor(const config::ChannelOptions& channel) const {
  const Sensor* const found = find(channel);
  CHECK(found != nullptr);
  return *found->open.sensor;
}

hal::Actuator& Equipment::actuator(const hal::ActuatorOptions& options) const {
  const Actuator* const found = find(options);
  CHECK(found != nullptr);
  return *found->open;
}

std::unique_ptr<hal::Poller> Equipment::make_poller(const config::Config& config) const {
  auto poller = std::make_unique<hal::Poller>();
  for (const config::ChannelOptions& channel : config.channels) {
    const Sensor* const sensor = find(channel);
    CHECK(sensor != nullptr);
    if (sensor->open.probe == nullptr) continue;
    poller->add(
        {channel.spec.name, sensor->open.probe.get(), sensor->open.mailbox, channel.spec.period});
  }
  for (const hal::ActuatorOptions& options : config.actuators) poller->add(actuator(options));
  return poller;
}

}  // namespace sluice::app
