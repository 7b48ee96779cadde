#pragma once
// Seam: something that is on or off, such as a GPIO line or a PWM channel. May block. Used by one
// worker thread, and by the command that puts outputs into their safe state.

#include "core/result.hpp"

namespace sluice::hal {

class OutputDevice {
 public:
  // Gone, it has let go of what it opened.
  virtual ~OutputDevice() = default;

  // Takes the device and switches it; what it had taken before is let go. kNotFound when it is not
  // there, kUnavailable when somebody else has it, kRefused when it cannot do this.
  virtual Result<> open(bool on) = 0;
  // What the device does then is its driver's affair.
  virtual void close() = 0;

  // Both: REQUIRES: an open() that went well, and no close() since. Fail as open() does.
  virtual Result<> set(bool on) = 0;
  // What it is now, as the device says.
  virtual Result<bool> is_on() = 0;
};

}  // namespace sluice::hal
