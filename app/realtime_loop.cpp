#include "app/realtime_loop.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <span>
#include <utility>

namespace sluice::app {
namespace {

void count_loss(Loss& loss, bool& losing, Instant stamp) {
  ++loss.count;
  if (!std::exchange(losing, true)) {
    ++loss.episodes;
    loss.earlier_last = loss.last;
    loss.episode_first = stamp;
  }
  loss.last = stamp;
}

// Ticks from `first` on that come before `tick`, which is of the grid or the first itself.
std::uint64_t ticks_between(Instant first, Instant tick, Duration period) {
  return static_cast<std::uint64_t>((tick - first + period - Duration(1)) / period);
}

}  // namespace

RealtimeLoop::RealtimeLoop(std::unique_ptr<Plan> plan, Crossings& crossings, Handover<Plan>& plans,
                           Instant now)
    : plan_(std::move(plan)),
      crossings_(crossings),
      plans_(plans),
      copier_(crossings.state_copies) {
  plan_->start(now);
}

void RealtimeLoop::resume(std::span<const AlertEvent> active, std::span<const AlertEvent> cleared) {
  for (const AlertEvent& event : active) crossings_.alert_board.publish(event);
  for (const AlertEvent& event : cleared) emit(event);
  status_.alerts_active = plan_->active_alerts();
  crossings_.loop.publish(status_);
}

RealtimeLoop::Step RealtimeLoop::step(Instant now) {
  alerts_in_step_ = 0;
  accept_plan(now);
  accept_acknowledgements(now);
  for (Group& group : plan_->groups()) {
    if (group.next > now) continue;
    // The first tick of all lies off the grid; what is served when that was missed does not.
    const Instant tick = std::max(group.next, next_tick(now, group.period) - group.period);
    status_.ticks_missed += ticks_between(group.next, tick, group.period);
    serve(group, tick);
    group.next = next_tick(now, group.period);
  }
  const std::optional<Instant> tick = newest_tick();
  serve_derived();
  if (tick) judge_composites(*tick);
  plan_->settle_outputs(now);
  if (alerts_in_step_ > 0) status_.alerts_active = plan_->active_alerts();
  crossings_.loop.publish(status_);
  copier_.step(*plan_, now);
  return Step{plan_->next_deadline(), alerts_in_step_};
}

void RealtimeLoop::accept_plan(Instant now) {
  std::unique_ptr<Plan> replacement = plans_.take();
  if (!replacement) return;
  replacement->adopt(*plan_, now, [this](const AlertEvent& event) { emit(event); });
  std::swap(plan_, replacement);
  copier_.restart();
  plans_.give_back(std::move(replacement));
}

void RealtimeLoop::accept_acknowledgements(Instant now) {
  while (const std::optional<AlertId> alert = crossings_.acknowledgements.try_pop()) {
    for (Group& group : plan_->groups()) {
      for (Slot& slot : group.slots) {
        if (const std::optional<AlertEvent> event = slot.pipeline.acknowledge(*alert, now)) {
          emit(*event);
        }
      }
    }
    if (const auto event = plan_->network().acknowledge(*alert, now)) emit(*event);
  }
}

void RealtimeLoop::serve(Group& group, Instant tick) {
  ++status_.ticks;
  group.tick = tick;
  std::array<AlertEvent, kAlertsPerChannelMax> alerts;
  for (Slot& slot : group.slots) {
    if (slot.sensor != nullptr) serve(slot, tick, slot.sensor->read(tick), alerts);
  }
}

// Behind all groups that are due, so that a derived channel sees the inputs of its own tick, of
// whatever period they are.
void RealtimeLoop::serve_derived() {
  std::array<AlertEvent, kAlertsPerChannelMax> alerts;
  for (const Plan::Place& place : plan_->derived()) {
    const std::optional<Instant> tick = plan_->groups()[place.group].tick;
    if (!tick) continue;
    Slot& slot = plan_->at(place);
    serve(slot, *tick, slot.derivation->sample(), alerts);
  }
  for (Group& group : plan_->groups()) group.tick.reset();
}

// Of the groups that are served in this step; none when there is none.
std::optional<Instant> RealtimeLoop::newest_tick() const {
  std::optional<Instant> newest;
  for (const Group& group : plan_->groups()) {
    if (group.tick) newest = std::max(newest.value_or(*group.tick), *group.tick);
  }
  return newest;
}

// Behind all channels of the step, so that an alert and those that look at it step together.
void RealtimeLoop::judge_composites(Instant tick) {
  AlertNetwork& network = plan_->network();
  network.evaluate(tick, crossings_.buses_down, [this](const AlertEvent& event) { emit(event); });
  plan_->drive_composite_outputs(tick);
  status_.alerts_held_back = network.held_back();
}

void RealtimeLoop::serve(Slot& slot, Instant tick, const Sample& sample,
                         std::span<AlertEvent> alerts) {
  const ChannelPipeline::Outcome outcome = slot.pipeline.process(tick, sample, alerts);
  // Before anything is handed on: a full ring holds no output back.
  if (!slot.actions.empty()) plan_->drive_outputs(slot, tick);
  if (outcome.alert_count > 0) {
    for (const AlertEvent& event : alerts.first(outcome.alert_count)) emit(event);
  }
  if (outcome.reading) emit(*outcome.reading);
}

void RealtimeLoop::emit(const Reading& reading) {
  ++status_.readings;
  crossings_.latest.publish(reading);
  if (crossings_.readings.try_push(reading)) {
    losing_readings_ = false;
  } else {
    count_loss(status_.lost_readings, losing_readings_, reading.time);
  }
}

void RealtimeLoop::emit(const AlertEvent& event) {
  ++alerts_in_step_;
  crossings_.alert_board.publish(event);
  if (crossings_.alerts.try_push(event)) {
    losing_alerts_ = false;
  } else {
    count_loss(status_.lost_alerts, losing_alerts_, event.time);
  }
  // The live path is a courtesy: what does not fit there still arrives as a record.
  if (!crossings_.live_alerts.try_push(event)) ++status_.live_alerts_skipped;
}

}  // namespace sluice::app
