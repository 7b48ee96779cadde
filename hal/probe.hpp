#pragma once
// Seam: a source that may block, such as a file or a slow bus. A worker thread measures it and
// leaves the latest sample, with its age, in a mailbox for the real-time loop.

#include "core/published.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::hal {

class Probe {
 public:
  virtual ~Probe() = default;

  // Main thread, before anything else: how often it will be measured.
  virtual void begin(Duration) {}
  // Worker thread. kNotFound when the source is not there, kUnavailable or kTimeout when it does
  // not answer now, kInvalid or kCorrupt when what it says cannot be read.
  virtual Result<double> measure(Instant now) = 0;

  // For a source that has something to say between two measurements and does not keep much of it,
  // such as edges of a line: a file descriptor that is readable then, -1 when there is none now.
  // Worker thread; so is attend(), which is called once it is readable, at most every
  // Poller::kAttendEvery, and does not wait.
  virtual int wakes_by() const { return -1; }
  virtual void attend() {}

  // For a source that speaks by itself, or shares a bus: worker thread, every Poller::kWorkPeriod
  // between the measurements and before the first, with one and the same `now` for all probes of a
  // bus; waits for nothing. True when it has said something new, for which even one that
  // is down is worth a measurement at once.
  virtual bool listen(Instant now) {
    static_cast<void>(now);
    return false;
  }
};

// The latest sample of a probe and when it was taken. Written by one worker thread.
struct Post {
  Instant taken;
  Sample sample;  // kMissing until the first measurement
};
using Mailbox = Published<Post>;

}  // namespace sluice::hal
