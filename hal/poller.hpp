#pragma once
// Measures probes when they are due and leaves the results in their mailboxes; also does the
// blocking part of the actuators' work. One worker thread owns it and calls step(); it has no
// thread and no clock of its own.

#include <string>
#include <vector>

#include "core/time.hpp"
#include "hal/actuator.hpp"
#include "hal/probe.hpp"

namespace sluice::hal {

class Poller {
 public:
  // Actuators work this often, and step() never asks for a longer sleep, so that a thread that
  // looks at its stop flag between steps ends soon.
  static constexpr Duration kWorkPeriod = std::chrono::milliseconds(200);
  // A probe that comes and goes is logged no more often than this.
  static constexpr Duration kLogPeriod = std::chrono::seconds(10);

  // One probe of a channel. Probe and mailbox must outlive the poller.
  struct Task {
    std::string channel;  // for the log
    Probe* probe = nullptr;
    Mailbox* mailbox = nullptr;
    Duration period{};
  };
  // Due at once. REQUIRES: probe and mailbox set, period > 0.
  void add(Task task);
  // The actuator must outlive the poller.
  void add(Actuator& actuator);

  // Does what is due at `now` and returns the next deadline, later than `now` and at most
  // kWorkPeriod away. Deadlines keep their grid: a missed one is skipped, never caught up. A sample
  // is stamped `now`, so a slow probe makes it look older than it is, never younger.
  Instant step(Instant now);

 private:
  struct Scheduled {
    Task task;
    bool started = false;
    Instant deadline{};
    bool logged_up = true;  // what the log says of it: up until something else is said
    Instant quiet_until{};
  };
  static void measure(Scheduled& scheduled, Instant now);

  std::vector<Scheduled> probes_;
  std::vector<Actuator*> actuators_;
  bool started_ = false;
  Instant work_deadline_;
};

}  // namespace sluice::hal
