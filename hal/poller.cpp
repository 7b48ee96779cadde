#include "hal/poller.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "core/log.hpp"
#include "core/result.hpp"

namespace sluice::hal {
namespace {

// The first deadline of the grid of `deadline` that lies after `now`.
Instant next_on_grid(Instant deadline, Duration period, Instant now) {
  return deadline + ((now - deadline) / period + 1) * period;
}

Sample sample_of(const Result<double>& measured) {
  if (measured) return {.value = *measured, .quality = Quality::kGood};
  const bool absent = measured.error().code == ErrorCode::kNotFound;
  return {.value = 0.0, .quality = absent ? Quality::kMissing : Quality::kFault};
}

}  // namespace

void Poller::add(Task task) {
  CHECK(task.probe != nullptr && task.mailbox != nullptr && task.period > Duration::zero());
  probes_.push_back({.task = std::move(task)});
}

void Poller::add(Actuator& actuator) {
  actuators_.push_back(&actuator);
}

Instant Poller::step(Instant now) {
  if (!started_) {
    started_ = true;
    work_deadline_ = now;
  }
  if (work_deadline_ <= now) {
    work_deadline_ = next_on_grid(work_deadline_, kWorkPeriod, now);
    for (Actuator* actuator : actuators_) actuator->work(now);
  }
  Instant next = work_deadline_;
  for (Scheduled& scheduled : probes_) {
    if (!scheduled.started) {
      scheduled.started = true;
      scheduled.deadline = now;
    }
    if (scheduled.deadline <= now) {
      scheduled.deadline = next_on_grid(scheduled.deadline, scheduled.task.period, now);
      measure(scheduled, now);
    }
    next = std::min(next, scheduled.deadline);
  }
  return next;
}

void Poller::measure(Scheduled& scheduled, Instant now) {
  const Task& task = scheduled.task;
  const Result<double> measured = task.probe->measure(now);
  task.mailbox->publish({.taken = now, .sample = sample_of(measured)});

  if (measured.ok() == scheduled.logged_up || now < scheduled.quiet_until) return;
  scheduled.logged_up = measured.ok();
  scheduled.quiet_until = now + kLogPeriod;
  if (measured) {
    log(LogLevel::kInfo, "channel " + task.channel + ": its source answers again");
  } else {
    log(LogLevel::kWarning, "channel " + task.channel + ": " + measured.error().message);
  }
}

}  // namespace sluice::hal
