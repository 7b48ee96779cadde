#include "hal/simulated_actuator.hpp"

namespace sluice::hal {

void SimulatedActuator::set(bool on, Instant tick) noexcept {
  is_on_ = on;
  if (change_count_ == changes_.size()) {
    ++dropped_;
    return;
  }
  changes_[change_count_++] = {.tick = tick, .on = on};
}

}  // namespace sluice::hal
