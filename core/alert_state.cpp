#include "core/alert_state.hpp"

#include <limits>

namespace sluice {

std::optional<AlertChange> AlertState::update(const AlertRule& rule, Verdict verdict,
                                              Instant tick) {
  const bool begins = !holds_ && verdict == Verdict::kHolds;
  const bool ends = holds_ && verdict == Verdict::kClear;
  if (begins || ends) {
    holds_ = begins;
    since_ = tick;
  }
  if (begins && active_ && count_ < std::numeric_limits<std::uint32_t>::max()) ++count_;
  return active_ ? update_active(rule, verdict, tick) : update_idle(rule, verdict, tick);
}

std::optional<AlertChange> AlertState::update_idle(const AlertRule& rule, Verdict verdict,
                                                   Instant tick) {
  if (!holds_ || verdict == Verdict::kUnknown || tick - since_ < rule.hold) return std::nullopt;
  active_ = true;
  acknowledged_ = false;
  escalated_ = false;
  severity_ = rule.severity;
  count_ = 1;
  raised_at_ = tick;
  return AlertChange::kRaised;
}

std::optional<AlertChange> AlertState::update_active(const AlertRule& rule, Verdict verdict,
                                                     Instant tick) {
  if (!holds_) {
    if (verdict == Verdict::kUnknown || tick - since_ < rule.cooldown) return std::nullopt;
    return retire();
  }
  const bool due = rule.escalate_after > Duration{} && tick - raised_at_ >= rule.escalate_after;
  if (!due || acknowledged_ || escalated_ || severity_ == Severity::kCritical) return std::nullopt;
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
