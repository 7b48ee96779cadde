#pragma once
// Seam: where samples come from, as the real-time loop sees it.

#include "core/reading.hpp"
#include "core/time.hpp"

namespace sluice::hal {

class Sensor {
 public:
  virtual ~Sensor() = default;

  // Real-time thread. The sample for this tick, in the sensor's own unit before calibration. Never
  // blocks, allocates, locks or touches a file: a source that would is a Probe behind a
  // PolledSensor. What goes wrong is the sample's quality.
  virtual Sample read(Instant tick) noexcept = 0;
};

}  // namespace sluice::hal
