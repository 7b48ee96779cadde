#pragma once
// From options to a working driver: the one place that knows them all.

#include <memory>
#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "hal/actuator.hpp"
#include "hal/options.hpp"
#include "hal/probe.hpp"
#include "hal/sensor.hpp"

namespace sluice::hal {

// An open sensor and, if it is slow, the probe that a worker thread has to poll into `mailbox`.
// `mailbox` belongs to the sensor: stop polling before the sensor goes.
struct OpenSensor {
  std::unique_ptr<Sensor> sensor;
  std::unique_ptr<Probe> probe;  // null for a sensor that the loop reads directly
  Mailbox* mailbox = nullptr;    // set exactly when probe is
};

// `period` is how often the channel is read; a polled value older than twice that is kStale.
// kNotFound or kInvalid when the options name what cannot be (a replay file that is missing). A
// source that may come later (hot plug) opens well and reads as kMissing until then.
Result<OpenSensor> open_sensor(const SensorOptions& options, Duration period);

Result<std::unique_ptr<Actuator>> open_actuator(const ActuatorOptions& options);

}  // namespace sluice::hal
