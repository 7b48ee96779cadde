#pragma once
// What one worker thread does: polls the slow sensors of one bus, or does the blocking part of the
// actuators. A bus that hangs holds up nobody but its own worker. A reload gives it other work
// between two of its steps.

#include <algorithm>
#include <memory>
#include <string>
#include <utility>

#include "app/handover.hpp"
#include "core/time.hpp"
#include "hal/clock.hpp"
#include "hal/poller.hpp"

namespace sluice::app {

class BusWorker {
 public:
  BusWorker(std::string bus, const hal::Work& work)
      : bus_(std::move(bus)), poller_(std::make_unique<hal::Poller>(work)), held_(work) {}

  // Working thread. Returns when to call again.
  Instant step(Instant now) {
    if (std::unique_ptr<hal::Poller> replacement = pollers_.take()) {
      poller_->retire(replacement.get());
      std::swap(poller_, replacement);
      pollers_.give_back(std::move(replacement));
    }
    return poller_->step(now);
  }
  // Working thread, at its end: what it switches is left in its safe state.
  void finish() { poller_->retire(nullptr); }
  // Working thread. Returns at `until`, or earlier when a probe had something to say.
  void wait(Instant until, hal::Clock& clock) { poller_->wait(until, clock); }

  // All below: main thread.
  const std::string& bus() const { return bus_; }

  // What to do from now on. It takes it up when it comes round; what was given before and not
  // taken up yet is forgotten.
  void give(const hal::Work& work);
  // Goes on with that. True when the worker has let go of something since the last call.
  bool tend();
  // Whether it does what it was given last.
  bool settled() const { return pollers_.idle() && !waiting_; }
  // Nothing to do, and nothing in its hands: its thread can end.
  bool done() const { return settled() && held_.empty(); }

  // Whether the worker may still use it.
  bool uses(const hal::PolledProbe* probe) const {
    return contains(held_.probes, probe) || contains(offered_.probes, probe);
  }
  bool uses(const hal::Actuator* actuator) const {
    return contains(held_.actuators, actuator) || contains(offered_.actuators, actuator);
  }

 private:
  template <typename T>
  static bool contains(const std::vector<T*>& all, const T* one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  }
  void offer_waiting();

  const std::string bus_;
  std::unique_ptr<hal::Poller> poller_;  // the working thread's
  Handover<hal::Poller> pollers_;
  hal::Work held_;                      // what the poller in the working thread's hands has
  hal::Work offered_;                   // ... and the one that is on its way to it
  std::unique_ptr<hal::Work> waiting_;  // for the poller that was swapped out to come back
};

}  // namespace sluice::app
