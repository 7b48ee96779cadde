#pragma once
// Measures the probes of one bus when they are due, listens to them in between, and leaves the
// results in their mailboxes; also does the blocking part of the actuators' work. One worker thread
// owns it and calls step(); it has no thread and no clock of its own.

#include <poll.h>

#include <vector>

#include "core/time.hpp"
#include "hal/actuator.hpp"
#include "hal/clock.hpp"
#include "hal/polled_probe.hpp"

namespace sluice::hal {

// What one worker thread does. Borrowed: outlives whoever does it.
struct Work {
  std::vector<PolledProbe*> probes;
  std::vector<Actuator*> actuators;

  bool empty() const { return probes.empty() && actuators.empty(); }
};

class Poller {
 public:
  // step() never asks for a longer sleep, so that a thread that looks at its stop flag between
  // steps ends soon. Probes are listened to and actuators work this often, or as often as the one
  // that wants it most.
  static constexpr Duration kWorkPeriod = std::chrono::milliseconds(200);

  explicit Poller(Work work);

  // Lets the actuators work and listens to the probes, measures the one that is due for longest,
  // and returns when to call again: at once when more may be due, at most kWorkPeriod later. One
  // read a call, so that `now` of the next call tells how long it took. Deadlines keep their grid:
  // a missed one is skipped, never caught up.
  Instant step(Instant now);
  // Lets go of the actuators that `heir` does not have; of all, when there is none.
  void retire(const Poller* heir);

  // Returns at `until`, or earlier after a probe has been attended that has something to say.
  void wait(Instant until, Clock& clock);
  // However much they have to say: a line that sees 100,000 edges a second may not have the
  // processor for itself.
  static constexpr Duration kAttendEvery = std::chrono::milliseconds(1);

 private:
  Work work_;
  std::vector<pollfd> waited_;     // of ...
  std::vector<Probe*> talkative_;  // ... these
  Instant attended_;
  Duration work_every_ = kWorkPeriod;
  bool started_ = false;
  Instant work_deadline_;
};

}  // namespace sluice::hal
