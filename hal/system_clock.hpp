#pragma once
// The machine's own clocks. Held by the composition root; every thread may call it.

#include "core/time.hpp"
#include "hal/clock.hpp"

namespace sluice::hal {

class SystemClock final : public Clock {
 public:
  Instant now() const override;    // CLOCK_BOOTTIME
  WallTime wall() const override;  // CLOCK_REALTIME
  // From the kernel's NTP state. While it is not synchronised the uncertainty bounds nothing: the
  // kernel stops counting at 16 s.
  WallTrust wall_trust() const override;
  // A signal does not end the sleep early.
  void sleep_until(Instant deadline) override;
};

}  // namespace sluice::hal
