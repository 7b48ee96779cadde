#pragma once
// The life of one alert: held, raised, escalated, acknowledged, cleared. A plain value, so that it
// survives a reload and can be stored. Each step is returned once; severity() and count() then are
// those of the step.

#include <cstdint>
#include <optional>
#include <type_traits>

#include "core/alert.hpp"
#include "core/condition.hpp"
#include "core/time.hpp"

namespace sluice {

class AlertState {
 public:
  // At most one step a tick. Raising needs a condition that holds and clearing one that does not,
  // so they exclude each other; escalating comes later than raising, and only while the condition
  // holds: what is merely cooling down wakes nobody. Without evidence (Verdict::kUnknown) an alert
  // is neither raised nor cleared, but an unacknowledged one still escalates. REQUIRES: ticks do
  // not go back.
  // While it is `inhibited` an alert is neither raised nor escalated, and is raised afterwards if
  // its condition holds still; one that is active stays so, and is cleared as ever.
  std::optional<AlertChange> update(const AlertRule& rule, Verdict verdict, Instant tick,
                                    bool inhibited = false);

  // One that is active since `raised` and goes on in another run; what is not known of its
  // condition is taken to hold.
  struct Active {
    Instant raised;
    Severity severity = Severity::kWarning;
    std::uint32_t count = 0;
    bool acknowledged = false;
    bool escalated = false;
  };
  static AlertState resumed(const Active& active);
  // The same, but keeping what this one knows beyond it if it is of the same raise.
  void correct(const Active& active);

  // None when there is nothing to acknowledge, or that has been done.
  std::optional<AlertChange> acknowledge();
  // The rule is gone: ends an active alert at once.
  std::optional<AlertChange> retire();

  bool active() const { return active_; }  // raised and not cleared yet
  bool acknowledged() const { return acknowledged_; }
  // It would have been raised by now if nothing held it back.
  bool held_back() const { return due_ && !active_; }
  // Of the active alert, or of the last one.
  Severity severity() const { return severity_; }
  std::uint32_t count() const { return count_; }  // times the condition began to hold

 private:
  std::optional<AlertChange> update_idle(const AlertRule& rule, Verdict verdict, Instant tick,
                                         bool inhibited);
  std::optional<AlertChange> update_active(const AlertRule& rule, Verdict verdict, Instant tick,
                                           bool inhibited);

  Instant since_;  // when the condition last began to hold, or to be clear
  Instant raised_at_;
  std::uint32_t count_ = 0;
  Severity severity_ = Severity::kWarning;
  bool holds_ = false;
  bool active_ = false;
  bool acknowledged_ = false;
  bool escalated_ = false;
  bool due_ = false;  // at the last tick: to be raised
};
static_assert(std::is_trivially_copyable_v<AlertState>);

}  // namespace sluice
