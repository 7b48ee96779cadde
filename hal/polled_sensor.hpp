#pragma once
// The real-time end of a mailbox: what a worker thread measured last, with its age as quality.

#include "core/time.hpp"
#include "hal/probe.hpp"
#include "hal/sensor.hpp"

namespace sluice::hal {

class PolledSensor final : public Sensor {
 public:
  // REQUIRES: 0 < stale_after <= fault_after.
  PolledSensor(Duration stale_after, Duration fault_after);

  // Where the worker thread leaves its measurements; lives as long as the sensor.
  Mailbox& mailbox() { return mailbox_; }

  // kMissing before the first post. A good value older than stale_after is kStale, and older than
  // fault_after kFault: whoever measures it hangs. A fault or a missing source stays what it is.
  Sample read(Instant tick) noexcept override;

 private:
  const Duration stale_after_;
  const Duration fault_after_;
  Mailbox mailbox_;
  Post latest_;  // used again when a read meets a write in progress
};

}  // namespace sluice::hal
