#pragma once
// Seam: what an alert can switch.

#include "core/time.hpp"

namespace sluice::hal {

class Actuator {
 public:
  virtual ~Actuator() = default;

  // Real-time thread, same rules as Sensor::read(). Called at each change of the wanted state.
  virtual void set(bool on, Instant tick) noexcept = 0;

  // Worker thread, some times a second: the part of the work that may block (a log line, say).
  virtual void work(Instant now) { static_cast<void>(now); }
};

}  // namespace sluice::hal
