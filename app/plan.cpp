#include "app/plan.hpp"

#include <algorithm>
#include <utility>

#include "app/checkpoint.hpp"
#include "core/check.hpp"

namespace sluice::app {
namespace {

bool wanted_of(const ChannelPipeline& pipeline, const Action& action) {
  return action.failing ? action.fail_safe == FailSafe::kOn : pipeline.active(action.alert);
}

// Whether the fail-safe speaks now, at a tick that the pipeline has processed.
void judge(const ChannelPipeline& pipeline, Action& action, Instant tick) {
  if (action.fail_safe == FailSafe::kHold) return;
  if (has_good_value(pipeline.latest().quality)) {
    action.bad_since.reset();
    action.failing = false;
    return;
  }
  if (!action.bad_since) action.bad_since = tick;
  action.failing = tick - *action.bad_since >= action.fail_safe_after;
}

// The action of the same alert in the plan before, if its fail-safe stayed.
const Action* find_action(const Slot& slot, const Action& action) {
  const auto found = std::find_if(slot.actions.begin(), slot.actions.end(), [&](const Action& old) {
    return old.id == action.id && old.fail_safe == action.fail_safe;
  });
  return found == slot.actions.end() ? nullptr : &*found;
}

}  // namespace

Instant next_tick(Instant now, Duration period) {
  return Instant(((now.time_since_epoch() / period) + 1) * period);
}

Plan::Plan(std::vector<Group> groups, std::vector<Output> outputs, AlertNetwork network)
    : groups_(std::move(groups)), outputs_(std::move(outputs)), network_(std::move(network)) {
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    for (std::size_t slot = 0; slot < groups_[group].slots.size(); ++slot) {
      const std::size_t number = index_of(groups_[group].slots[slot].pipeline.channel());
      if (number >= places_.size()) places_.resize(number + 1);
      places_[number] = Place{group, slot};
      slots_.push_back({group, slot});
    }
  }
  for (Group& group : groups_) {
    for (Slot& slot : group.slots) network_.add(slot.pipeline);
  }
  network_.bind();
  order_derived();
  state_bytes_ = measure_state();
}

std::size_t Plan::measure_state() const {
  std::size_t bytes = network_.composites().size() * (sizeof(StateHead) + sizeof(AlertState));
  for (const Group& group : groups_) {
    for (const Slot& slot : group.slots) {
      bytes += sizeof(StateHead) + slot.pipeline.state_bytes();
      for (std::size_t i = 0; i < slot.pipeline.alert_count(); ++i) {
        bytes += sizeof(StateHead) + slot.pipeline.state_bytes(i);
      }
    }
  }
  return bytes;
}

void Plan::order_derived() {
  std::vector<Place> waiting;
  for (const std::optional<Place>& place : places_) {
    if (place && at(*place).derivation) waiting.push_back(*place);
  }
  std::vector<bool> known(places_.size(), true);
  for (const Place& place : waiting) known[index_of(at(place).pipeline.channel())] = false;
  while (!waiting.empty()) {
    const std::size_t before = waiting.size();
    std::erase_if(waiting, [&](const Place& place) {
      Slot& slot = at(place);
      std::vector<const ChannelPipeline*> sources;
      for (const ChannelId input : slot.derivation->inputs()) {
        const Slot* const source = find(input);
        CHECK(source != nullptr);
        if (!known[index_of(input)]) return false;
        sources.push_back(&source->pipeline);
      }
      slot.derivation->bind(std::move(sources));
      known[index_of(slot.pipeline.channel())] = true;
      derived_.push_back(place);
      return true;
    });
    CHECK(waiting.size() < before);
  }
}

Instant Plan::next_deadline() const {
  Instant earliest = Instant::max();
  for (const Group& group : groups_) earliest = std::min(earliest, group.next);
  for (const Output& output : outputs_) earliest = std::min(earliest, output.interlock.due());
  return earliest;
}

std::size_t Plan::active_alerts() const {
  std::size_t active = network_.active();
  for (const Group& group : groups_) {
    for (const Slot& slot : group.slots) {
      for (std::size_t i = 0; i < slot.pipeline.alert_count(); ++i)
        active += slot.pipeline.active(i);
    }
  }
  return active;
}

void Plan::start(Instant now) {
  for (Group& group : groups_) group.next = now + kFirstTickDelay;
  for (Output& output : outputs_) output.interlock.start(now);
}

Slot* Plan::find(ChannelId channel) {
  const std::size_t number = index_of(channel);
  if (number >= places_.size() || !places_[number]) return nullptr;
  return &at(*places_[number]);
}

void Plan::drive_outputs(Slot& slot, Instant tick) {
  for (Action& action : slot.actions) {
    judge(slot.pipeline, action, tick);
    const bool wanted = wanted_of(slot.pipeline, action);
    if (wanted == action.wanted) continue;
    action.wanted = wanted;
    want(action.output, wanted);
    settle(outputs_[action.output], tick);
  }
}

void Plan::drive_composite_outputs(Instant tick) {
  for (CompositeAlert& composite : network_.composites()) {
    if (!composite.output || composite.wanted == composite.state.active()) continue;
    composite.wanted = composite.state.active();
    want(*composite.output, composite.wanted);
    settle(outputs_[*composite.output], tick);
  }
}

void Plan::want(std::size_t output, bool wanted) {
  outputs_[output].wanted_by += wanted ? 1U : -1U;
}

void Plan::settle_outputs(Instant now) {
  for (Output& output : outputs_) {
    if (output.interlock.due() <= now) settle(output, now);
  }
}

void Plan::settle(Output& output, Instant now) {
  const std::optional<bool> change = output.interlock.update(output.wanted_by > 0, now);
  if (change) output.actuator->set(*change, now);
}

void Plan::adopt_ticks(const Plan& previous, Instant now) {
  for (Group& group : groups_) {
    const auto same = std::find_if(previous.groups_.begin(), previous.groups_.end(),
                                   [&](const Group& old) { return old.period == group.period; });
    // A tick that is due but not served yet stays due.
    group.next = same != previous.groups_.end() ? same->next : next_tick(now, group.period);
  }
}

// What the fail-safe has said goes on, until the channel's next tick says more.
void Plan::adopt_actions(Plan& previous) {
  for (Group& group : groups_) {
    for (Slot& slot : group.slots) {
      const Slot* const old = previous.find(slot.pipeline.channel());
      for (Action& action : slot.actions) {
        const Action* const heir_of = old == nullptr ? nullptr : find_action(*old, action);
        if (heir_of != nullptr) {
          action.bad_since = heir_of->bad_since;
          action.failing = heir_of->failing;
        }
        action.wanted = wanted_of(slot.pipeline, action);
        if (action.wanted) want(action.output, true);
      }
    }
  }
  for (CompositeAlert& composite : network_.composites()) {
    composite.wanted = composite.output && composite.state.active();
    if (composite.wanted) want(*composite.output, true);
  }
}

void Plan::adopt_outputs(Plan& previous, Instant now) {
  for (Output& output : outputs_) output.interlock.start(now);
  for (Output& old : previous.outputs_) {
    const auto heir = std::find_if(outputs_.begin(), outputs_.end(), [&](const Output& output) {
      return output.actuator == old.actuator;
    });
    if (heir != outputs_.end()) {
      heir->interlock.adopt(old.interlock);
    } else if (old.interlock.on()) {
      // Nobody would switch it off any more.
      old.actuator->set(false, now);
    }
  }
  for (Output& output : outputs_) settle(output, now);
}

}  // namespace sluice::app
