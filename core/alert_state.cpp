#include "core/alert_state.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace sluice {

std::optional<AlertChange> AlertState::update(const AlertRule& rule, Verdict verdict, Instant tick,
                                              bool inhibited) {
  const bool begins = !holds_ && verdict == Verdict::kHolds;
  const bool ends = holds_ && verdict == Verdict::kClear;
  if (begins || ends) {
    holds_ = begins;
    since_ = tick;
  }
  if (begins && active_ && count_ < std::numeric_limits<std::uint32_t>::max()) ++count_;
  return active_ ? update_active(rule, verdict, tick, inhibited)
                 : update_idle(rule, verdict, tick, inhibited);
}

std::optional<AlertChange> AlertState::update_idle(const AlertRule& rule, Verdict verdict,
                                                   Instant tick, bool inhibited) {
  if (!holds_ || verdict == Verdict::kUnknown || tick - since_ < rule.hold) {
    due_ = false;
    return std::nullopt;
  }
  const bool was_due = std::exchange(due_, true);
  const bool is_guarded = !rule.inhibited_by.empty();
  if (inhibited || (is_guarded && !was_due)) return std::nullopt;
  due_ = false;
  active_ = true;
  acknowledged_ = false;
  escalated_ = false;
  severity_ = rule.severity;
  count_ = 1;
  raised_at_ = tick;
  return AlertChange::kRaised;
}

std::optional<AlertChange> AlertState::update_active(const AlertRule& rule, Verdict verdict,
                                                     Instant tick, bool inhibited) {
  if (!holds_) {
    if (verdict == Verdict::kUnknown || tick - since_ < rule.cooldown) return std::nullopt;
    return retire();
  }
  const bool due = rule.escalate_after > Duration{} && tick - raised_at_ >= rule.escalate_after;
  if (!due || inhibited || acknowledged_ || escalated_ || severity_ == Severity::kCritical)
    return std::nullopt;
  escalated_ = true;
  severity_ = static_cast<Severity>(static_cast<std::uint8_t>(severity_) + 1);
  return AlertChange::kEscalated;
}

AlertState AlertState::resumed(const Active& active) {
  AlertState state;
  state.since_ = active.raised;
  state.raised_at_ = active.raised;
  state.count_ = active.count;
  state.severity_ = active.severity;
  state.holds_ = true;
  state.active_ = true;
  state.acknowledged_ = active.acknowledged;
  state.escalated_ = active.escalated;
  return state;
}

void AlertState::correct(const Active& active) {
  const AlertState known = *this;
  *this = resumed(active);
  if (!known.active_ || known.raised_at_ != active.raised) return;
  since_ = known.since_;
  holds_ = known.holds_;
  count_ = std::max(known.count_, active.count);
}

std::optional<AlertChange> AlertState::acknowledge() {
  if (!active_ || acknowledged_) return std::nullopt;
  acknowledged_ = true;
  return AlertChange::kAcknowledged;
}

std::optional<AlertChange> AlertState::retire() {
  if (!active_) return std::nullopt;
  active_ = false;
  return AlertChange::kCleared;
}

}  // namespace sluice
