#include "app/bus_worker.hpp"

namespace sluice::app {

void BusWorker::give(const hal::Work& work) {
  // A worker that hangs must not take up what is not wanted any more when it is back.
  if (pollers_.withdraw() != nullptr) offered_ = {};
  waiting_ = std::make_unique<hal::Work>(work);
  offer_waiting();
}

bool BusWorker::tend() {
  if (pollers_.collect() == nullptr) return false;
  held_ = std::exchange(offered_, {});
  offer_waiting();
  return true;
}

void BusWorker::offer_waiting() {
  if (!waiting_ || !pollers_.idle()) return;
  offered_ = *waiting_;
  waiting_.reset();
  pollers_.offer(std::make_unique<hal::Poller>(offered_));
}

}  // namespace sluice::app
