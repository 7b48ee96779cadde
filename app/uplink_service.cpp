#include "app/uplink_service.hpp"

#include <string>
#include <utility>
#include <variant>

#include "core/log.hpp"
#include "hal/local_time.hpp"

namespace sluice::app {
namespace {

// A look reads a page or two for each lane.
constexpr Duration kLookEvery = std::chrono::seconds(1);

// The entry of a number, made when it is new. Numbers are small and dense.
template <typename T>
T& entry(std::vector<T>& entries, std::size_t number) {
  if (number >= entries.size()) entries.resize(number + 1);
  return entries[number];
}

}  // namespace

UplinkService::UplinkService(Setup setup, Crossings& crossings)
    : options_(std::move(setup.options)),
      run_(setup.run),
      crossings_(crossings),
      holdings_(std::move(setup.holdings)),
      link_(std::move(setup.link)),
      outbox_(std::move(setup.pending), options_.gateway, crossings),
      uplink_(options_, run_, *link_, outbox_, setup.usage_file),
      storm_(options_.live_alerts_a_minute) {}

void UplinkService::step(Instant now) {
  take_news();
  take_doubts();
  send_lost_again();
  speak_of_alerts(now);
  speak_of_storm(now);
  speak_of_values(now);
  look_at_lanes(now);
  pass_commands_on();
  uplink_.step(now, time_of_day(now));
  uplink::Snapshot snapshot = uplink_.snapshot();
  snapshot.live_held_back = storm_.held();
  crossings_.uplink.publish(snapshot);
}

void UplinkService::close() {
  uplink_.close();
}

void UplinkService::take_news() {
  bool greet = false;
  while (const std::optional<std::vector<Event>> news = crossings_.news.try_pop()) {
    for (const Event& event : *news) {
      learn(event);
      greet = greet || std::holds_alternative<RunStarted>(event) ||
              std::holds_alternative<ConfigApplied>(event);
    }
  }
  if (!greet) return;
  hello_.run = run_;
  hello_.holdings.clear();
  if (const Result<std::vector<storage::Holding>> holdings = holdings_.holdings(); holdings.ok()) {
    for (const storage::Holding& holding : *holdings) {
      if (hello_.holdings.size() == uplink::kHoldingsMax) break;
      hello_.holdings.push_back(
          {holding.run, holding.stream, holding.last_seq, holding.pending_chunks});
    }
  }
  uplink_.announce(hello_);
}

void UplinkService::take_doubts() {
  while (const std::optional<Doubt> doubt = crossings_.doubts.try_pop()) {
    doubt->is_loss ? uplink_.doubt_all() : uplink_.doubt(doubt->run, doubt->stream);
  }
}

// What has come back lies behind what was sent of its lane.
void UplinkService::send_lost_again() {
  const std::uint64_t lost = crossings_.storage.read().chunks_lost;
  if (std::exchange(lost_, lost) == lost) return;
  for (const Lane lane : kLanes) uplink_.look_again(lane);
}

void UplinkService::look_at_lanes(Instant now) {
  if (now < look_due_) return;
  look_due_ = now + kLookEvery;
  const Result<storage::WaitingByLane> waiting = holdings_.waiting();
  PendingLanes pending;
  pending.known = waiting.ok();
  for (std::size_t i = 0; i < kStoredLanes && waiting.ok(); ++i) {
    const storage::Waiting& lane = (*waiting)[i];
    const bool datable = lane.chunks > 0 && lane.boot == hello_.boot;
    pending.lanes[i] = {lane.chunks, lane.bytes,
                        datable ? std::optional(lane.first) : std::nullopt};
  }
  crossings_.pending.publish(pending);
}

void UplinkService::pass_commands_on() {
  while (const std::optional<uplink::RawCommand> command = uplink_.desk().take()) {
    if (crossings_.commands.try_push(*command)) continue;
    uplink_.desk().answer(
        {command->id, uplink::CommandState::kFailed, uplink::CommandFault::kBusy});
  }
  while (const std::optional<uplink::CommandAnswer> answer = crossings_.answers.try_pop()) {
    uplink_.desk().answer(*answer);
  }
  const std::uint64_t promoted = crossings_.storage.read().totals.promoted;
  if (std::exchange(promoted_, promoted) != promoted) uplink_.look_again(Lane::kRequested);
}

void UplinkService::learn(const Event& event) {
  if (const auto* channel = std::get_if<ChannelDeclared>(&event)) {
    entry(channels_, index_of(channel->channel)) = {channel->name, channel->unit, true};
  } else if (const auto* alert = std::get_if<AlertDeclared>(&event)) {
    entry(alerts_, index_of(alert->alert)) = alert->name;
  } else if (const auto* clock = std::get_if<ClockRecord>(&event)) {
    clock_ = *clock;
  } else if (const auto* started = std::get_if<RunStarted>(&event)) {
    hello_.boot = started->boot;
    hello_.version = started->version;
    hello_.config_hash = started->config_hash;
  } else if (const auto* applied = std::get_if<ConfigApplied>(&event)) {
    hello_.config_hash = applied->config_hash;
    // The declarations of what the new configuration has come behind it.
    for (Channel& known : channels_) known.current = false;
  }
}

void UplinkService::speak_of_alerts(Instant now) {
  while (const std::optional<AlertEvent> event = crossings_.live_alerts.try_pop()) {
    if (!storm_.admits(*event, now)) continue;
    uplink::LiveAlert alert;
    alert.name = entry(alerts_, index_of(event->alert));
    if (event->channel != kNoChannel) {
      alert.channel = entry(channels_, index_of(event->channel)).name;
    }
    alert.change = event->change;
    alert.severity = event->severity;
    alert.value = event->value;
    alert.count = event->count;
    alert.time = event->time;
    alert.wall = wall_at(event->time);
    uplink_.live().alert(std::move(alert));
  }
}

// As an alert that no rule can have, for a name in a file has no space in it.
void UplinkService::speak_of_storm(Instant now) {
  const std::optional<uplink::StormLimit::Report> report = storm_.report(now);
  if (!report) return;
  uplink::LiveAlert alert;
  alert.name = "alert storm";
  alert.change = report->goes_on ? AlertChange::kRaised : AlertChange::kCleared;
  alert.severity = report->worst;
  alert.value = report->held;
  alert.count = report->held;
  alert.time = now;
  alert.wall = wall_at(now);
  uplink_.live().alert(std::move(alert));
  if (!report->goes_on) return log(LogLevel::kInfo, "the storm of alerts is over");
  log(LogLevel::kWarning, std::to_string(report->held) +
                              " alerts of the last minute were recorded and not sent live, for "
                              "they came too often (uplink.live_alerts_per_minute)");
}

void UplinkService::speak_of_values(Instant now) {
  if (options_.live_every == Duration::zero() || now < values_due_) return;
  values_due_ = now + options_.live_every;
  std::vector<uplink::LiveValue> values;
  for (std::size_t number = 0; number < channels_.size(); ++number) {
    if (!channels_[number].current) continue;
    const std::optional<Reading> reading =
        crossings_.latest.read(ChannelId{static_cast<std::uint16_t>(number)});
    if (!reading) continue;
    values.push_back({channels_[number].name, channels_[number].unit, reading->value,
                      reading->quality, reading->time, wall_at(reading->time)});
  }
  if (!values.empty()) uplink_.live().values(std::move(values));
}

uplink::TimeOfDay UplinkService::time_of_day(Instant now) const {
  const std::optional<WallTime> wall = wall_at(now);
  if (!wall) return {};
  return {wall, hal::local_minute_of_day(*wall)};
}

std::optional<WallTime> UplinkService::wall_at(Instant time) const {
  if (!clock_ || !clock_->synchronised) return std::nullopt;
  return clock_->wall + (time - clock_->time);
}

}  // namespace sluice::app
