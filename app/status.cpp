#include "app/status.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

#include <nlohmann/json.hpp>

#include "app/flash_meter.hpp"
#include "hal/process/process_io.hpp"

namespace sluice::app {
namespace {

using Json = nlohmann::ordered_json;

// The storage thread comes round 50 times a second; a flush of a card takes a second now and then.
constexpr Duration kStalledAfter = std::chrono::seconds(5);

double microseconds(Duration duration) {
  return static_cast<double>(to_ns(duration)) / 1e3;
}

Json spread(const Histogram& histogram) {
  return {{"count", histogram.count()},
          {"p50", microseconds(histogram.quantile(0.50))},
          {"p99", microseconds(histogram.quantile(0.99))},
          {"max", microseconds(histogram.max())}};
}

Json safe_mode(const Identity& identity) {
  return identity.safe_mode.empty() ? Json(nullptr) : Json(identity.safe_mode);
}

Json channels(const Gateway& gateway, Instant now) {
  Json list = Json::array();
  for (const config::ChannelOptions& channel : gateway.config().channels) {
    const std::optional<ChannelId> id =
        gateway.numbering().find_channel(channel.spec.name, channel.spec.unit);
    const std::optional<Reading> reading = id ? gateway.crossings().latest.read(*id) : std::nullopt;
    Json entry = {{"name", channel.spec.name}, {"unit", channel.spec.unit}};
    if (reading) {
      // JSON has no NaN and no infinity.
      entry["value"] = std::isfinite(reading->value) ? Json(reading->value) : Json(nullptr);
      entry["quality"] = name_of(reading->quality);
      entry["age_s"] = to_seconds(now - reading->time);
    } else {
      entry["value"] = nullptr;
      entry["quality"] = name_of(Quality::kMissing);
      entry["age_s"] = nullptr;
    }
    list.push_back(std::move(entry));
  }
  return list;
}

Json drivers(const Gateway& gateway, Instant now) {
  Json list = Json::array();
  for (const DriverReport& driver : gateway.drivers()) {
    list.push_back({{"channel", driver.channel},
                    {"bus", driver.bus},
                    {"state", driver.asked ? name_of(driver.state) : "starting"},
                    {"since_s", driver.asked ? Json(to_seconds(now - driver.since)) : Json()},
                    {"reason", driver.reason},
                    {"rounds", driver.counts.rounds},
                    {"failed", driver.counts.failed},
                    {"retries", driver.counts.retries},
                    {"timeouts", driver.counts.timeouts}});
  }
  return list;
}

Json outputs(const Gateway& gateway, Instant now) {
  Json list = Json::array();
  for (const hal::ActuatorOptions& actuator : gateway.config().actuators) {
    const std::optional<hal::ActuatorStanding> standing = gateway.standing(actuator);
    if (!standing) continue;
    list.push_back({{"actuator", actuator.name},
                    {"state", standing->asked ? name_of(standing->state) : "starting"},
                    {"since_s", standing->asked ? Json(to_seconds(now - standing->since)) : Json()},
                    {"on", standing->on},
                    {"failures", standing->failures},
                    {"reason", standing->why()}});
  }
  return list;
}

Json alerts(const Gateway& gateway) {
  Json list = Json::array();
  for (const config::ChannelOptions& channel : gateway.config().channels) {
    for (const AlertRule& rule : channel.spec.alerts) {
      const std::optional<AlertId> id = gateway.numbering().find_alert(rule.name);
      if (!id) continue;
      const AlertStanding standing = gateway.crossings().alert_board.read(*id);
      list.push_back({{"name", rule.name},
                      {"channel", channel.spec.name},
                      {"state", name_of(standing.change)},
                      {"severity", name_of(standing.severity)},
                      {"count", standing.count}});
    }
  }
  for (const config::CompositeOptions& composite : gateway.config().composites) {
    const std::optional<AlertId> id = gateway.numbering().find_alert(composite.rule.name);
    if (!id) continue;
    const AlertStanding standing = gateway.crossings().alert_board.read(*id);
    list.push_back({{"name", composite.rule.name},
                    {"channel", nullptr},
                    {"state", name_of(standing.change)},
                    {"severity", name_of(standing.severity)},
                    {"count", standing.count}});
  }
  return list;
}

Json realtime(const LoopStatus& loop, const LoopTiming& timing, const RealtimeGrant& grant) {
  return {{"rt", grant.degraded() ? "degraded" : "ok"},
          {"fifo", grant.fifo},
          {"memory_locked", grant.memory_locked},
          {"ticks", loop.ticks},
          {"ticks_missed", loop.ticks_missed},
          {"lateness_us", spread(timing.lateness)},
          {"body_us", spread(timing.body)},
          {"sample_to_alert_us", spread(timing.sample_to_alert)}};
}

Json readings(const LoopStatus& loop, const StorageStatus& storage) {
  return {{"produced", loop.readings},          {"lost_ring_full", storage.readings_lost},
          {"uncommitted", storage.uncommitted}, {"stored", storage.totals.stored},
          {"pending", storage.totals.pending},  {"delivered", storage.totals.delivered},
          {"dropped", storage.totals.dropped}};
}

Json promotion(const StorageStatus& storage, const uplink::CommandCounters& commands) {
  return {{"chunks", storage.totals.promoted},
          {"recordings", storage.promotion.recorded},
          {"recordings_skipped", storage.promotion.skipped},
          {"requests", storage.promotion.requests},
          {"commands_refused", commands.refused},
          {"commands_too_many", commands.too_many}};
}

Json batch(const Crossings& crossings, Instant now) {
  const BatchStatus batch = crossings.batch.read();
  return {{"windows", batch.windows},
          {"chunks", batch.chunks},
          {"unreadable", batch.unreadable},
          {"failures", batch.failures},
          {"longest_slice_ms", microseconds(batch.longest_slice) / 1e3},
          {"stepped_s_ago", to_seconds(now - batch.stepped_at)}};
}

// A disk that does not answer keeps the storage thread from saying so.
const char* storage_state(const StorageStatus& storage, Instant now) {
  if (now - storage.stepped_at > kStalledAfter) return "stalled";
  return storage.failing ? "failing" : "ok";
}

template <typename Number>
Json or_null(const std::optional<Number>& number) {
  return number ? Json(*number) : Json(nullptr);
}

Json flash(const storage::Written& written, const FlashUse& use) {
  Json classes = {{"frames", written.frames}};
  for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
    classes[std::string(name_of(static_cast<Stream>(stream)))] = written.chunks[stream];
  }
  classes["bookkeeping"] = written.bookkeeping();
  const bool has_endurance = use.endurance_bytes > 0;
  return {{"log_bytes", std::move(classes)},
          {"device_bytes", or_null(use.device_bytes)},
          {"device_bytes_per_day", or_null(bytes_per_day(use))},
          {"card_endurance_bytes", has_endurance ? Json(use.endurance_bytes) : Json(nullptr)},
          {"write_amplification", kWriteAmplification},
          {"card_life_years", or_null(card_life_years(use))}};
}

Json text_or_null(const char* text) {
  return *text == '\0' ? Json(nullptr) : Json(text);
}

Json profile(const uplink::PolicyStanding& policy) {
  Json runs_out;
  if (policy.budget_runs_out) {
    runs_out = std::chrono::floor<std::chrono::seconds>(*policy.budget_runs_out)
                   .time_since_epoch()
                   .count();
  }
  return {{"name", text_or_null(policy.profile.data())},
          {"interface", text_or_null(policy.interface.data())},
          {"in_hours", policy.in_hours},
          {"budget_left_bytes", or_null(policy.budget_left)},
          {"budget_runs_out", std::move(runs_out)}};
}

// Nothing when it is not known, or never.
std::optional<double> seconds_for(std::uint64_t bytes, double per_second) {
  if (per_second <= 0.0) return std::nullopt;
  return static_cast<double>(bytes) / per_second;
}

std::optional<double> full_in(const StorageStatus& storage) {
  return seconds_for(storage.totals.room, storage.bytes_taken.value_or(0.0));
}

std::optional<double> drained_in(const PendingLanes& pending, const uplink::Snapshot& link,
                                 const StorageStatus& storage) {
  if (!pending.known) return std::nullopt;
  std::uint64_t bytes = 0;
  for (const PendingLane& lane : pending.lanes) bytes += lane.bytes;
  if (bytes == 0) return 0.0;
  if (link.delivery.bytes_per_second == 0 || !storage.chunk_bytes) return std::nullopt;
  const auto goodput = static_cast<double>(link.delivery.bytes_per_second);
  return seconds_for(bytes, goodput - *storage.chunk_bytes);
}

Json lanes(const PendingLanes& pending, Instant now) {
  if (!pending.known) return nullptr;
  Json list = Json::array();
  for (std::size_t i = 0; i < kStoredLanes; ++i) {
    const PendingLane& lane = pending.lanes[i];
    list.push_back({{"lane", name_of(kLanes[i])},
                    {"chunks", lane.chunks},
                    {"bytes", lane.bytes},
                    {"oldest_age_s", lane.oldest ? Json(to_seconds(now - *lane.oldest)) : Json()}});
  }
  return list;
}

Json uplink(const uplink::Snapshot& link, Instant now) {
  return {{"up", link.link_up},
          {"since_s", to_seconds(now - link.link_since)},
          {"fault", link.link_fault == uplink::LinkFault::kNone
                        ? Json(nullptr)
                        : Json(uplink::name_of(link.link_fault))},
          {"next_try_s",
           link.next_try ? Json(std::max(to_seconds(*link.next_try - now), 0.0)) : Json(nullptr)},
          {"links_lost", link.links_lost},
          {"batches_sent", link.delivery.batches_sent},
          {"batches_resent", link.delivery.batches_resent},
          {"bytes_sent", link.delivery.bytes_sent},
          {"in_flight", link.delivery.in_flight},
          {"round_trip_ms", microseconds(link.delivery.round_trip) / 1e3},
          {"acks_unproven", link.acks_unproven},
          {"live_sent", link.live_sent},
          {"live_alerts_held_back", link.live_held_back},
          {"wire_bytes_sent", link.traffic.bytes_sent},
          {"wire_bytes_received", link.traffic.bytes_received},
          {"bytes_per_second", link.delivery.bytes_per_second},
          {"profile", profile(link.policy)}};
}

}  // namespace

Surroundings surroundings(const RealtimeGrant& grant, Instant started) {
  const Result<std::uint64_t> written = hal::bytes_written_by_process();
  return {grant, started, written.ok() ? std::optional(*written) : std::nullopt};
}

std::string status_json(const Gateway& gateway, const Surroundings& around, Instant now) {
  const LoopStatus loop = gateway.crossings().loop.read();
  const StorageStatus storage = gateway.crossings().storage.read();
  Json status = {{"gateway", gateway.config().gateway.id},
                 {"version", gateway.identity().version},
                 {"run", to_hex(gateway.identity().run)},
                 {"config_hash", gateway.config().hash},
                 {"safe_mode", safe_mode(gateway.identity())},
                 {"uptime_s", to_seconds(now - around.started)},
                 {"realtime", realtime(loop, gateway.crossings().timing.read(), around.grant)},
                 {"readings", readings(loop, storage)},
                 {"storage",
                  {{"state", storage_state(storage, now)},
                   {"bytes", storage.totals.bytes},
                   {"quota_bytes", gateway.config().storage.quota_bytes},
                   {"full_in_s", or_null(full_in(storage))},
                   {"pending_chunks", storage.totals.pending_chunks},
                   {"kept_chunks", storage.totals.kept_chunks},
                   {"kept_bytes", storage.totals.kept_bytes},
                   {"chunks_lost", storage.chunks_lost},
                   {"commits", storage.commits},
                   {"checkpoints", storage.checkpoints},
                   {"commit_failures", storage.commit_failures},
                   {"reopenings", storage.reopenings},
                   {"acks_refused", storage.acks_refused},
                   {"damaged_chunks", storage.damaged_chunks},
                   {"salvaging", storage.salvaging}}}};
  const FlashUse use{around.device_bytes, now - around.started,
                     gateway.config().card_endurance_bytes};
  status["flash"] = flash(storage.written, use);
  status["promotion"] = promotion(storage, gateway.crossings().uplink.read().commands);
  status["batch"] =
      gateway.config().rollup.enabled ? batch(gateway.crossings(), now) : Json(nullptr);
  status["uplink"] = nullptr;
  if (gateway.has_uplink()) {
    const uplink::Snapshot link = gateway.crossings().uplink.read();
    const PendingLanes pending = gateway.crossings().pending.read();
    status["uplink"] = uplink(link, now);
    status["uplink"]["lanes"] = lanes(pending, now);
    status["uplink"]["drained_in_s"] = or_null(drained_in(pending, link, storage));
  }
  status["channels"] = channels(gateway, now);
  status["drivers"] = drivers(gateway, now);
  status["outputs"] = outputs(gateway, now);
  status["alerts"] = alerts(gateway);
  status["alerts_held_back"] = loop.alerts_held_back;
  return status.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace sluice::app
