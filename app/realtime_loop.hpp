#pragma once
// The heart: reads the sensors that are due, conditions their samples, runs the alert rules and
// their local actions, and hands everything on. Owned by the real-time thread; after construction
// it never allocates, locks, logs, waits or touches a file. Time is an argument.

#include <cstdint>
#include <memory>
#include <optional>
#include <span>

#include "app/crossings.hpp"
#include "app/handover.hpp"
#include "app/plan.hpp"
#include "app/state_copier.hpp"
#include "core/time.hpp"

namespace sluice::app {

class RealtimeLoop {
 public:
  // `crossings` and `plans` outlive the loop.
  RealtimeLoop(std::unique_ptr<Plan> plan, Crossings& crossings, Handover<Plan>& plans,
               Instant now);

  // Sets the first ticks anew: for a thread that starts a while after the loop was made.
  void start(Instant now) { plan_->start(now); }

  // Before the first step: alerts that are active already, and steps that have been made since.
  void resume(std::span<const AlertEvent> active, std::span<const AlertEvent> cleared);

  struct Step {
    Instant next;              // when to call again
    std::uint32_t alerts = 0;  // alert steps this call caused
  };
  // Serves every tick that is due at `now`. Of ticks that were missed whole only the newest is
  // served, the others are counted: a late loop never catches up in a burst.
  Step step(Instant now);

 private:
  void accept_plan(Instant now);
  void accept_acknowledgements(Instant now);
  void serve(Group& group, Instant tick);
  void serve_derived();
  std::optional<Instant> newest_tick() const;
  void judge_composites(Instant tick);
  // `alerts` is room to work in.
  void serve(Slot& slot, Instant tick, const Sample& sample, std::span<AlertEvent> alerts);
  void emit(const Reading& reading);
  void emit(const AlertEvent& event);

  std::unique_ptr<Plan> plan_;
  Crossings& crossings_;
  Handover<Plan>& plans_;
  StateCopier copier_;
  LoopStatus status_;
  bool losing_readings_ = false;
  bool losing_alerts_ = false;
  std::uint32_t alerts_in_step_ = 0;
};

}  // namespace sluice::app
