#include "app/alert_network.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace sluice::app {
namespace {

bool is_active(const AlertState* state) {
  return state->active();
}

std::size_t count_active(const std::vector<const AlertState*>& states) {
  return static_cast<std::size_t>(std::ranges::count_if(states, is_active));
}

}  // namespace

bool CompositeAlert::is_same(const CompositeAlert& other) const {
  return id == other.id && rule.name == other.rule.name && all == other.all && any == other.any &&
         none == other.none && bus == other.bus;
}

AlertNetwork::AlertNetwork(std::vector<CompositeAlert> composites, std::vector<AlertGuard> guards)
    : composites_(std::move(composites)), guards_(std::move(guards)) {
  for (std::size_t i = 0; i < composites_.size(); ++i) {
    known_.push_back({composites_[i].id, nullptr, i});
  }
}

void AlertNetwork::add(ChannelPipeline& pipeline) {
  for (std::size_t i = 0; i < pipeline.alert_count(); ++i) {
    known_.push_back({pipeline.id(i), &pipeline, i});
  }
}

void AlertNetwork::bind() {
  std::ranges::sort(known_, {}, &Known::id);
  for (const CompositeAlert& composite : composites_) {
    inputs_.push_back(
        {states_of(composite.all), states_of(composite.any), states_of(composite.none)});
  }
  for (const AlertGuard& guard : guards_) {
    const Known& known = find(guard.alert);
    guarded_.push_back({&state_of(known), known.pipeline, known.place, states_of(guard.by)});
  }
}

const AlertNetwork::Known& AlertNetwork::find(AlertId alert) const {
  const auto known = std::ranges::lower_bound(known_, alert, {}, &Known::id);
  CHECK(known != known_.end() && known->id == alert);
  return *known;
}

const AlertState& AlertNetwork::state_of(const Known& known) const {
  if (known.pipeline == nullptr) return composites_[known.place].state;
  return known.pipeline->alert(known.place);
}

std::vector<const AlertState*> AlertNetwork::states_of(const std::vector<AlertId>& alerts) const {
  std::vector<const AlertState*> states;
  states.reserve(alerts.size());
  for (const AlertId alert : alerts) states.push_back(&state_of(find(alert)));
  return states;
}

std::optional<AlertEvent> AlertNetwork::judge(std::size_t place, Instant tick,
                                              const BusesDown& buses) {
  CompositeAlert& composite = composites_[place];
  const Inputs& inputs = inputs_[place];
  bool holds = false;
  if (composite.bus) {
    holds = buses[*composite.bus].load(std::memory_order_relaxed);
  } else {
    holds = std::ranges::all_of(inputs.all, is_active) &&
            (inputs.any.empty() || std::ranges::any_of(inputs.any, is_active)) &&
            std::ranges::none_of(inputs.none, is_active);
  }
  const std::optional<AlertChange> change = composite.state.update(
      composite.rule, holds ? Verdict::kHolds : Verdict::kClear, tick, composite.inhibited);
  if (!change) return std::nullopt;
  return event_of(composite, *change, tick, count_active(inputs.all) + count_active(inputs.any));
}

void AlertNetwork::guard() {
  held_back_ = 0;
  for (const Guarded& guarded : guarded_) {
    const bool inhibited = std::ranges::any_of(guarded.by, is_active);
    if (guarded.pipeline != nullptr) {
      guarded.pipeline->inhibit(guarded.place, inhibited);
    } else {
      composites_[guarded.place].inhibited = inhibited;
    }
    held_back_ += inhibited && guarded.alert->held_back() ? 1U : 0U;
  }
}

std::optional<AlertEvent> AlertNetwork::acknowledge(AlertId alert, Instant now) {
  for (std::size_t i = 0; i < composites_.size(); ++i) {
    CompositeAlert& composite = composites_[i];
    if (composite.id != alert) continue;
    const std::optional<AlertChange> change = composite.state.acknowledge();
    if (!change) return std::nullopt;
    return event_of(composite, *change, now,
                    count_active(inputs_[i].all) + count_active(inputs_[i].any));
  }
  return std::nullopt;
}

bool AlertNetwork::adopt_one(const CompositeAlert& old) {
  for (CompositeAlert& heir : composites_) {
    if (!heir.is_same(old)) continue;
    heir.state = old.state;
    return true;
  }
  return false;
}

std::size_t AlertNetwork::active() const {
  return static_cast<std::size_t>(std::ranges::count_if(
      composites_, [](const CompositeAlert& composite) { return composite.state.active(); }));
}

AlertEvent AlertNetwork::event_of(const CompositeAlert& composite, AlertChange change, Instant time,
                                  std::size_t inputs_active) {
  return {.time = time,
          .value = static_cast<double>(inputs_active),
          .count = composite.state.count(),
          .alert = composite.id,
          .channel = kNoChannel,
          .change = change,
          .severity = composite.state.severity()};
}

}  // namespace sluice::app
