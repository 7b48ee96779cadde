#include "app/restoration.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <utility>
#include <variant>

#include "core/raw_state.hpp"

namespace sluice::app {
namespace {

class Restoration {
 public:
  Restoration(const std::vector<Event>& declarations, const LeftBehind& left, Instant now)
      : left_(left), now_(now) {
    for (const Event& event : declarations) {
      if (const auto* channel = std::get_if<ChannelDeclared>(&event)) {
        channels_.emplace(channel->channel, channel->name);
      } else if (const auto* alert = std::get_if<AlertDeclared>(&event)) {
        rules_.emplace(alert->name, alert->rule);
      }
    }
  }

  void restore(ChannelPipeline& pipeline) {
    const std::string& channel = channels_.at(pipeline.channel());
    const auto state = left_.states.find(StateKind::kChannel, channel, pipeline.fingerprint(),
                                         pipeline.state_bytes());
    if (!state.empty()) pipeline.load(state);
    for (std::size_t i = 0; i < pipeline.alert_count(); ++i) {
      const std::string& name = pipeline.rule(i).name;
      const auto saved = left_.states.find(StateKind::kAlert, name, pipeline.fingerprint(i),
                                           pipeline.state_bytes(i));
      if (!saved.empty()) pipeline.load(i, saved, left_.saved, now_);
      pipeline.correct(i, heir_of(name), now_);
      note(pipeline.alert(i), pipeline.id(i), pipeline.channel());
    }
  }

  void restore(CompositeAlert& composite) {
    const std::string& name = composite.rule.name;
    const auto saved =
        left_.states.find(StateKind::kComposite, name, composite.fingerprint, sizeof(AlertState));
    if (!saved.empty()) RawReader(saved).take(composite.state);
    const std::optional<AlertState::Active> active = heir_of(name);
    if (active) {
      composite.state.correct(*active);
    } else if (composite.state.active()) {
      composite.state = AlertState();
    }
    note(composite.state, composite.id, kNoChannel);
  }

  Restored finish(Numbering& numbering) {
    for (const storage::ActiveAlert& alert : left_.active) {
      if (heirs_.contains(alert.name)) continue;
      const std::optional<AlertId> id = numbering.alert(alert.name);
      // A run that has no numbers left at its start has no room for more alerts either.
      if (!id) continue;
      if (!rules_.contains(alert.name)) {
        restored_.declarations.emplace_back(
            AlertDeclared{now_, *id, kNoChannel, alert.name, alert.rule});
      }
      restored_.cleared.push_back({.time = now_,
                                   .value = 0.0,
                                   .count = alert.count,
                                   .alert = *id,
                                   .change = AlertChange::kCleared,
                                   .severity = alert.severity});
    }
    return std::move(restored_);
  }

 private:
  // What is known of the alert of that name, if it is active and of the same rule.
  std::optional<AlertState::Active> heir_of(const std::string& name) {
    const auto alert = std::ranges::find(left_.active, name, &storage::ActiveAlert::name);
    if (alert == left_.active.end() || alert->rule != rules_[name]) return std::nullopt;
    heirs_.insert(name);
    return AlertState::Active{alert->raised, alert->severity, alert->count, alert->acknowledged,
                              alert->escalated};
  }

  void note(const AlertState& state, AlertId id, ChannelId channel) {
    if (!state.active()) return;
    const AlertChange change =
        state.acknowledged() ? AlertChange::kAcknowledged : AlertChange::kRaised;
    restored_.active.push_back({.time = now_,
                                .count = state.count(),
                                .alert = id,
                                .channel = channel,
                                .change = change,
                                .severity = state.severity()});
  }

  const LeftBehind& left_;
  Instant now_;
  std::map<ChannelId, std::string> channels_;
  std::map<std::string, std::string> rules_;
  std::set<std::string> heirs_;
  Restored restored_;
};

}  // namespace

Restored restore(Plan& plan, const std::vector<Event>& declarations, Numbering& numbering,
                 const LeftBehind& left, Instant now) {
  Restoration restoration(declarations, left, now);
  for (std::size_t i = 0; i < plan.slot_count(); ++i) restoration.restore(plan.slot(i).pipeline);
  for (CompositeAlert& composite : plan.network().composites()) restoration.restore(composite);
  return restoration.finish(numbering);
}

}  // namespace sluice::app
