#pragma once
// Seam: the only place where time comes from. Held by the composition root alone; everything else
// is given the time as an argument.

#include "core/time.hpp"

namespace sluice::hal {

class Clock {
 public:
  virtual ~Clock() = default;

  virtual Instant now() const = 0;
  virtual WallTime wall() const = 0;
  // What the kernel knows of the wall clock: disciplined by NTP or not, and how far off at most.
  struct WallTrust {
    bool synchronised = false;
    Duration uncertainty{};
  };
  virtual WallTrust wall_trust() const = 0;
  // Returns at `deadline` or, with a late machine, after it; at once if it has passed.
  virtual void sleep_until(Instant deadline) = 0;
};

}  // namespace sluice::hal
