#include "hal/polled_sensor.hpp"

#include "core/check.hpp"

namespace sluice::hal {

PolledSensor::PolledSensor(Duration stale_after, Duration fault_after)
    : stale_after_(stale_after), fault_after_(fault_after) {
  CHECK(Duration::zero() < stale_after && stale_after <= fault_after);
}

Sample PolledSensor::read(Instant tick) noexcept {
  mailbox_.try_read(latest_);
  Sample sample = latest_.sample;
  if (sample.quality != Quality::kGood) return sample;
  const Duration age = tick - latest_.taken;
  if (age > fault_after_) {
    sample.quality = Quality::kFault;
  } else if (age > stale_after_) {
    sample.quality = Quality::kStale;
  }
  return sample;
}

}  // namespace sluice::hal
