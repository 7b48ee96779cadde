#include "hal/polled_sensor.hpp"

#include "core/check.hpp"

namespace sluice::hal {

PolledSensor::PolledSensor(Duration stale_after) : stale_after_(stale_after) {
  CHECK(stale_after > Duration::zero());
}

Sample PolledSensor::read(Instant tick) noexcept {
  mailbox_.try_read(latest_);
  Sample sample = latest_.sample;
  if (sample.quality == Quality::kGood && tick - latest_.taken > stale_after_) {
    sample.quality = Quality::kStale;
  }
  return sample;
}

}  // namespace sluice::hal
