#include "core/alert_state.hpp"

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
