#pragma once
// From options to a working driver: the one place that knows them all.

#include <memory>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/actuator.hpp"
#include "hal/options.hpp"
#include "hal/polled_probe.hpp"
#include "hal/sensor.hpp"
#include "hal/shared_buses.hpp"

namespace sluice::hal {

// An open sensor and, if it is slow, the probe that a worker thread has to poll.
struct OpenSensor {
  std::unique_ptr<Sensor> sensor;       // null for a channel that is derived from others
  std::unique_ptr<PolledProbe> polled;  // null for a sensor that the loop reads directly
  // The hardware that can make a read wait; empty exactly when `polled` is null. All quantities of
  // the machine itself are of one bus.
  std::string bus;
};

// `period` is how often the channel is read; a polled value older than twice that is kStale, and
// kFault when a read should have come to its limit since. Does not touch the device. kNotFound or
// kInvalid when the options name what cannot be (a replay file that is missing). A source that may
// come later (hot plug) opens well and reads as kMissing until then. `buses` outlives the sensor.
Result<OpenSensor> open_sensor(const SensorOptions& options, Duration period, SharedBuses& buses);

// The bus of an actuator, which none that sensors are on: it may not wait for one. Those that are
// no devices share one.
std::string bus_of(const ActuatorOptions& options);

// Does not touch the device.
std::unique_ptr<Actuator> open_actuator(const ActuatorOptions& options);
// Puts the device into its safe state and lets go of it; blocks. Nothing to do for an actuator that
// is none. For when no gateway runs: fails as OutputDevice::open() where one has the device.
Result<> make_safe(const ActuatorOptions& options);

}  // namespace sluice::hal
