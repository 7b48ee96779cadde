#include "app/plan.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace sluice::app {

Instant next_tick(Instant now, Duration period) {
  return Instant(((now.time_since_epoch() / period) + 1) * period);
}

Plan::Plan(std::vector<Group> groups, std::vector<Output> outputs)
    : groups_(std::move(groups)), outputs_(std::move(outputs)) {
  for (std::size_t group = 0; group < groups_.size(); ++group) {
    for (std::size_t slot = 0; slot < groups_[group].slots.size(); ++slot) {
      const std::size_t number = index_of(groups_[group].slots[slot].pipeline.channel());
      if (number >= places_.size()) places_.resize(number + 1);
      places_[number] = Place{group, slot};
    }
  }
  order_derived();
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
  return earliest;
}

std::size_t Plan::active_alerts() const {
  std::size_t active = 0;
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
}

Slot* Plan::find(ChannelId channel) {
  const std::size_t number = index_of(channel);
  if (number >= places_.size() || !places_[number]) return nullptr;
  return &at(*places_[number]);
}

void Plan::drive_outputs(Slot& slot, Instant tick) {
  for (Action& action : slot.actions) {
    const bool active = slot.pipeline.active(action.alert);
    if (active == action.wanted) continue;
    action.wanted = active;
    Output& output = outputs_[action.output];
    output.wanted_by += active ? 1U : -1U;
    const bool on = output.wanted_by > 0;
    if (on != output.on) output.actuator->set(on, tick);
    output.on = on;
  }
}

void Plan::adopt_ticks(const Plan& previous, Instant now) {
  for (Group& group : groups_) {
    const auto same = std::find_if(previous.groups_.begin(), previous.groups_.end(),
                                   [&](const Group& old) { return old.period == group.period; });
    // A tick that is due but not served yet stays due.
    group.next = same != previous.groups_.end() ? same->next : next_tick(now, group.period);
  }
}

void Plan::adopt_outputs(Plan& previous, Instant now) {
  for (Group& group : groups_) {
    for (Slot& slot : group.slots) {
      for (Action& action : slot.actions) {
        action.wanted = slot.pipeline.active(action.alert);
        outputs_[action.output].wanted_by += action.wanted ? 1U : 0U;
      }
    }
  }
  for (Output& old : previous.outputs_) {
    const auto heir = std::find_if(outputs_.begin(), outputs_.end(), [&](const Output& output) {
      return output.actuator == old.actuator;
    });
    if (heir != outputs_.end()) {
      heir->on = old.on;
    } else if (old.on) {
      old.actuator->set(false, now);
    }
  }
  for (Output& output : outputs_) {
    const bool on = output.wanted_by > 0;
    if (on != output.on) output.actuator->set(on, now);
    output.on = on;
  }
}

}  // namespace sluice::app
