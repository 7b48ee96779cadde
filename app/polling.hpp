#pragma once
// The worker thread's work: polls slow sensors and does the blocking part of actuators. Accepts a
// new set of both after a reload.

#include <memory>
#include <utility>

#include "app/handover.hpp"
#include "core/time.hpp"
#include "hal/poller.hpp"

namespace sluice::app {

class Polling {
 public:
  // `pollers` outlives it.
  Polling(std::unique_ptr<hal::Poller> poller, Handover<hal::Poller>& pollers)
      : poller_(std::move(poller)), pollers_(pollers) {}

  // Returns when to call again.
  Instant step(Instant now) {
    if (std::unique_ptr<hal::Poller> replacement = pollers_.take()) {
      std::swap(poller_, replacement);
      pollers_.give_back(std::move(replacement));
    }
    return poller_->step(now);
  }

 private:
  std::unique_ptr<hal::Poller> poller_;
  Handover<hal::Poller>& pollers_;
};

}  // namespace sluice::app
