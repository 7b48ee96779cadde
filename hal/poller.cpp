#include "hal/poller.hpp"

#include <algorithm>

namespace sluice::hal {

Instant Poller::step(Instant now) {
  // Also those that another poller measured: it was replaced before it could settle them.
  for (PolledProbe* const probe : work_.probes) {
    if (probe->unsettled()) probe->settle(now);
  }
  if (!started_) {
    started_ = true;
    work_deadline_ = now;
  }
  if (work_deadline_ <= now) {
    work_deadline_ += ((now - work_deadline_) / kWorkPeriod + 1) * kWorkPeriod;
    for (Actuator* const actuator : work_.actuators) actuator->work(now);
  }
  const auto first = std::min_element(
      work_.probes.begin(), work_.probes.end(),
      [](const PolledProbe* a, const PolledProbe* b) { return a->due() < b->due(); });
  if (first == work_.probes.end()) return work_deadline_;
  if ((*first)->due() > now) return std::min((*first)->due(), work_deadline_);
  (*first)->measure(now);
  return now;
}

}  // namespace sluice::hal
