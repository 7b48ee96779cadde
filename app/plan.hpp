#pragma once
// What the real-time loop works through: which sensor is read when, what happens to its samples,
// and which actuators its alerts switch. Built by the main thread from a configuration; from then
// on the real-time thread alone touches it, without allocating.

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "app/alert_network.hpp"
#include "app/derivation.hpp"
#include "core/channel_pipeline.hpp"
#include "core/interlock.hpp"
#include "core/time.hpp"
#include "hal/actuator.hpp"
#include "hal/sensor.hpp"

namespace sluice::app {

// One alert of a slot that switches an actuator.
struct Action {
  std::size_t alert = 0;   // by its place in the channel
  std::size_t output = 0;  // by its place in the plan
  bool wanted = false;     // what this alert says now
  AlertId id{};
  FailSafe fail_safe = FailSafe::kHold;
  Duration fail_safe_after{};
  std::optional<Instant>
      bad_since{};       // the first tick without a good value since the last good one
  bool failing = false;  // it is the fail-safe that says what is wanted
};

// One channel at work. The sensor outlives the plan. A derived channel has a derivation instead.
struct Slot {
  hal::Sensor* sensor;
  ChannelPipeline pipeline;
  std::vector<Action> actions;
  std::unique_ptr<Derivation> derivation{};
};

// Channels that are due at the same ticks: the whole periods since boot.
struct Group {
  Duration period{};
  Instant next;
  std::vector<Slot> slots;
  std::optional<Instant> tick{};  // that is served now
};

// An actuator is on while at least one alert wants it, as far as its least times let it. It
// outlives the plan.
struct Output {
  hal::Actuator* actuator = nullptr;
  Interlock interlock{};
  std::uint32_t wanted_by = 0;
};

// First whole period since boot behind `now`.
Instant next_tick(Instant now, Duration period);

class Plan {
 public:
  // Where a slot stands.
  struct Place {
    std::size_t group = 0;
    std::size_t slot = 0;
  };

  // REQUIRES: each input of a derived channel is in the plan, and none depends on itself.
  // `network` is not bound yet, and names alerts of the plan alone.
  Plan(std::vector<Group> groups, std::vector<Output> outputs, AlertNetwork network = {});

  std::vector<Group>& groups() { return groups_; }
  // The derived channels, each behind those it is derived from.
  std::span<const Place> derived() const { return derived_; }
  Slot& at(const Place& place) { return groups_[place.group].slots[place.slot]; }
  // All slots, in an order that stays. REQUIRES: index < slot_count().
  std::size_t slot_count() const { return slots_.size(); }
  Slot& slot(std::size_t index) { return at(slots_[index]); }
  // Room for what all of it remembers, with the heads (app/checkpoint.hpp).
  std::size_t state_bytes() const { return state_bytes_; }
  // When the next group, or an output that waits for its least time, is due; Instant::max() when
  // nothing is.
  Instant next_deadline() const;
  std::size_t active_alerts() const;
  AlertNetwork& network() { return network_; }

  // Sets the first tick of every group: soon, so that a reading exists at once and polled sources
  // have had time to answer; from then on the grid holds.
  static constexpr Duration kFirstTickDelay = std::chrono::milliseconds(20);
  void start(Instant now);
  // The channel's slot; null for a number this plan does not have.
  Slot* find(ChannelId channel);

  // Passes on to the actuators what the alerts of `slot` want at this tick: at each tick, for an
  // alert may want something else without a step of its own when the channel fails.
  void drive_outputs(Slot& slot, Instant tick);
  // The same for the composite alerts, when they have been judged.
  void drive_composite_outputs(Instant tick);
  // Switches the outputs whose least time is over.
  void settle_outputs(Instant now);

  // Takes over from `previous`: pending ticks, filter memories, alerts, outputs. Real-time thread.
  // `emit` is called with each alert step that this causes (an alert whose rule is gone is
  // cleared).
  template <typename Emit>
  void adopt(Plan& previous, Instant now, Emit emit);

 private:
  void adopt_ticks(const Plan& previous, Instant now);
  void adopt_actions(Plan& previous);
  void adopt_outputs(Plan& previous, Instant now);
  void settle(Output& output, Instant now);
  void want(std::size_t output, bool wanted);

  void order_derived();
  std::size_t measure_state() const;

  std::vector<Group> groups_;
  std::vector<Output> outputs_;
  std::vector<std::optional<Place>> places_;  // by channel number
  std::vector<Place> derived_;
  std::vector<Place> slots_;
  AlertNetwork network_;
  std::size_t state_bytes_ = 0;
};

template <typename Emit>
void Plan::adopt(Plan& previous, Instant now, Emit emit) {
  adopt_ticks(previous, now);
  std::array<AlertEvent, kAlertsPerChannelMax> cleared;
  for (Group& old_group : previous.groups_) {
    for (Slot& old : old_group.slots) {
      Slot* const heir = find(old.pipeline.channel());
      const std::size_t count = heir != nullptr ? heir->pipeline.adopt(old.pipeline, now, cleared)
                                                : old.pipeline.retire(now, cleared);
      for (const AlertEvent& event : std::span(cleared).first(count)) emit(event);
    }
  }
  network_.adopt(previous.network_, now, emit);
  adopt_actions(previous);
  adopt_outputs(previous, now);
}

}  // namespace sluice::app
