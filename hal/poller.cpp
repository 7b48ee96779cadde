#include "hal/poller.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <utility>

namespace sluice::hal {
namespace {

timespec timespec_of(Duration duration) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(duration);
  timespec time{};
  time.tv_sec = static_cast<time_t>(seconds.count());
  time.tv_nsec = static_cast<long>((duration - seconds).count());
  return time;
}

}  // namespace

Poller::Poller(Work work) : work_(std::move(work)) {
  for (const Actuator* const actuator : work_.actuators) {
    work_every_ = std::min(work_every_, actuator->work_every());
  }
}

void Poller::retire(const Poller* heir) {
  for (Actuator* const actuator : work_.actuators) {
    if (heir != nullptr && std::find(heir->work_.actuators.begin(), heir->work_.actuators.end(),
                                     actuator) != heir->work_.actuators.end()) {
      continue;
    }
    actuator->retire();
  }
}

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
    work_deadline_ += ((now - work_deadline_) / work_every_ + 1) * work_every_;
    for (Actuator* const actuator : work_.actuators) actuator->work(now);
    for (PolledProbe* const probe : work_.probes) probe->listen(now);
  }
  const auto first = std::min_element(
      work_.probes.begin(), work_.probes.end(),
      [](const PolledProbe* a, const PolledProbe* b) { return a->due() < b->due(); });
  if (first == work_.probes.end()) return work_deadline_;
  if ((*first)->due() > now) return std::min((*first)->due(), work_deadline_);
  (*first)->measure(now);
  return now;
}

void Poller::wait(Instant until, Clock& clock) {
  waited_.clear();
  talkative_.clear();
  for (PolledProbe* const polled : work_.probes) {
    Probe& probe = polled->probe();
    const int descriptor = probe.wakes_by();
    if (descriptor < 0) continue;
    waited_.push_back({descriptor, POLLIN | POLLPRI, 0});
    talkative_.push_back(&probe);
  }
  if (waited_.empty()) return clock.sleep_until(until);

  clock.sleep_until(std::min(until, attended_ + kAttendEvery));
  const timespec rest = timespec_of(std::max(until - clock.now(), Duration::zero()));
  if (ppoll(waited_.data(), waited_.size(), &rest, nullptr) <= 0) return;
  attended_ = clock.now();
  for (std::size_t i = 0; i < waited_.size(); ++i) {
    if (waited_[i].revents != 0) talkative_[i]->attend();
  }
}

}  // namespace sluice::hal
