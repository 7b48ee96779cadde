#include "app/alert_ledger.hpp"

#include <algorithm>
#include <utility>
#include <variant>

namespace sluice::app {

AlertLedger::AlertLedger(std::string boot, std::vector<storage::ActiveAlert> earlier, Instant now)
    : boot_(std::move(boot)) {
  for (storage::ActiveAlert& alert : earlier) {
    if (alert.boot != boot_) {
      alert.boot = boot_;
      alert.raised = alert.stepped = now;
      unwritten_.insert(alert.name);
    }
    const std::string name = alert.name;
    active_.insert_or_assign(name, std::move(alert));
  }
}

void AlertLedger::add_to(storage::Commit& commit, std::span<const Event> events) {
  attempt_.reset();
  const bool concerned = std::ranges::any_of(events, [](const Event& event) {
    return std::holds_alternative<AlertDeclared>(event) ||
           std::holds_alternative<AlertEvent>(event);
  });
  if (!concerned && !rewrite_ && unwritten_.empty()) return;
  Attempt attempt{active_, unwritten_};
  for (const Event& event : events) {
    if (const auto* declared = std::get_if<AlertDeclared>(&event)) apply(*declared, attempt);
    if (const auto* step = std::get_if<AlertEvent>(&event)) apply(*step, attempt);
  }
  commit.forget_alerts = rewrite_;
  if (rewrite_) {
    for (const auto& [name, alert] : attempt.active) commit.active_alerts.push_back(alert);
  } else {
    for (const std::string& name : attempt.touched) {
      const auto alert = attempt.active.find(name);
      if (alert == attempt.active.end()) {
        commit.cleared_alerts.push_back(name);
      } else {
        commit.active_alerts.push_back(alert->second);
      }
    }
  }
  attempt_ = std::move(attempt);
}

// A rule may be worded anew by a reload that leaves its alert active.
void AlertLedger::apply(const AlertDeclared& declared, Attempt& attempt) {
  declared_.insert_or_assign(declared.alert, Declared{declared.name, declared.rule});
  const auto alert = attempt.active.find(declared.name);
  if (alert == attempt.active.end() || alert->second.rule == declared.rule) return;
  alert->second.rule = declared.rule;
  attempt.touched.insert(declared.name);
}

void AlertLedger::apply(const AlertEvent& event, Attempt& attempt) const {
  const auto declared = declared_.find(event.alert);
  if (declared == declared_.end()) return;
  const std::string& name = declared->second.name;
  attempt.touched.insert(name);
  if (event.change == AlertChange::kCleared) {
    attempt.active.erase(name);
    return;
  }
  storage::ActiveAlert& alert = attempt.active[name];
  if (event.change == AlertChange::kRaised || alert.name.empty()) {
    alert = {};
    alert.name = name;
    alert.rule = declared->second.rule;
    alert.boot = boot_;
    alert.raised = event.time;
  }
  alert.stepped = event.time;
  alert.severity = event.severity;
  alert.count = event.count;
  alert.acknowledged = alert.acknowledged || event.change == AlertChange::kAcknowledged;
  alert.escalated = alert.escalated || event.change == AlertChange::kEscalated;
}

void AlertLedger::committed() {
  if (!attempt_) return;
  active_ = std::move(attempt_->active);
  attempt_.reset();
  unwritten_.clear();
  rewrite_ = false;
}

std::vector<storage::ActiveAlert> AlertLedger::active() const {
  std::vector<storage::ActiveAlert> alerts;
  for (const auto& [name, alert] : active_) alerts.push_back(alert);
  return alerts;
}

std::optional<std::string> AlertLedger::name_of(AlertId alert) const {
  const auto declared = declared_.find(alert);
  if (declared == declared_.end()) return std::nullopt;
  return declared->second.name;
}

}  // namespace sluice::app
