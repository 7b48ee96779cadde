#include "app/storage_service.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <numeric>
#include <span>
#include <utility>
#include <variant>

#include "app/recovery.hpp"
#include "chunk/events.hpp"
#include "core/check.hpp"
#include "core/log.hpp"

namespace sluice::app {
namespace {

// Drops in one step; more would keep the thread from its commits.
constexpr int kDropsPerStepMax = 16;
// A store that fails is tried again after a commit interval, then after twice that, up to this: a
// disk that is back is in use before the ring of 30 s is full.
constexpr Duration kRetryAfterMax = std::chrono::seconds(8);
// A commit has one chunk of events, so that it stays within storage::Options::commit_bytes_max.
// Events held in memory while the store fails, beside one note: under 1 MB.
// What comes then waits in its ring, and a full ring is counted.
constexpr std::size_t kEventsHeldMax = 4 * chunk::kEventsMax;
// Rollups in one commit, and beside how many events at most: they fit beside a frame, and a seal
// goes without.
constexpr std::size_t kRollupBytesMax = 64 * 1024;
constexpr std::size_t kEventsBesideRollups = 64;

void append_chunk(std::span<const Event> events, std::vector<SealedChunk>& chunks) {
  if (!events.empty()) chunks.push_back(chunk::encode_events(events));
}

}  // namespace

Result<StorageService> StorageService::open(const Options& options, Crossings& crossings,
                                            Instant now) {
  Result<storage::Store> store =
      storage::Store::open(options.store, options.run, options.boot, now);
  if (!store.ok()) return store.error();
  // What is salvaged later may belong to the same runs.
  if (!store->failed() && !store->salvaging()) {
    const Result<> recovered = recover_earlier_runs(*store, options.boot, now);
    if (!recovered.ok()) return recovered.error();
  }
  return StorageService(options, crossings, std::move(*store), now);
}

StorageService::StorageService(const Options& options, Crossings& crossings, storage::Store store,
                               Instant now)
    : seal_(options.seal),
      crossings_(&crossings),
      store_(std::move(store)),
      run_(options.run),
      boot_(options.boot),
      tail_(options.seal.seal_readings),
      promoter_(options.around_alert, options.boot, crossings),
      alerts_(options.boot, {}, now),
      checkpoints_(options.boot, options.version, crossings.state_copies, now),
      undeclared_max_(storage::tombstones_max(options.store) / 2),
      next_commit_(now),
      recovery_due_(store_.failed()) {
  status_.failing = store_.failed();
  look_back(options.version, now);
  measure_growth(now);
  publish(now);
}

// A database that cannot be read now is written anew when it can: then what is active is what this
// run has raised.
void StorageService::look_back(const std::string& version, Instant now) {
  if (store_.failed()) return alerts_.lost();
  Result<std::vector<storage::ActiveAlert>> active = store_.active_alerts();
  const Result<std::optional<storage::Checkpoint>> checkpoint = store_.checkpoint();
  if (!active.ok() || !checkpoint.ok()) return alerts_.lost();
  alerts_ = AlertLedger(boot_, std::move(*active), now);
  left_behind_.active = alerts_.active();
  if (!*checkpoint || (*checkpoint)->boot != boot_ || (*checkpoint)->taken > now) return;
  left_behind_.states = unpack((*checkpoint)->bytes, version);
  left_behind_.saved = (*checkpoint)->taken;
}

void StorageService::step(Instant now) {
  checkpoints_.collect(alerts_, now);
  collect_events();
  collect_readings(now);
  collect_rollups();
  bool due = !events_.empty() || now >= next_commit_ || rewrite_;
  while (due && may_write(now)) due = write(now, seal_due(now), false) && !events_.empty();
  if (!store_.failed()) settle_acks(now);
  if (!store_.failed()) declare_missing(now);
  if (!store_.failed()) close_runs(now);
  if (!store_.failed()) salvage(now);
  if (!store_.failed()) audit(now);
  if (!store_.failed()) examine_suspects(now);
  if (!store_.failed()) promote(now);
  if (!store_.failed()) keep_quota(now);
  if (!store_.failed()) declare_drops(now);
  publish(now);
}

Result<> StorageService::finish(Instant now) {
  bool written = true;
  for (bool last = false; written && !last;) {
    next_commit_ = now;  // what failed before is tried at once
    collect_events();
    collect_readings(now);
    last =
        crossings_->readings.size() + crossings_->alerts.size() + crossings_->notes.size() == 0 &&
        events_.size() < chunk::kEventsMax;
    if (last) {
      const std::uint64_t lost = crossings_->loop.read().lost_readings.count;
      events_.push_back(RunEnded{now, readings_drained_ + lost});
    }
    written = write(now, true, last);
  }
  publish(now);
  if (!written) {
    return Error{ErrorCode::kUnavailable,
                 "the last readings could not be written; the next start recovers what is durable"};
  }
  return Ok{};
}

void StorageService::collect_events() {
  // Counted before the notes are taken: what declares an alert was noted before the alert's first
  // step, and has to be recorded before it.
  std::size_t alerts = crossings_->alerts.size();
  while (events_.size() < kEventsHeldMax) {
    std::optional<std::vector<Event>> note = crossings_->notes.try_pop();
    if (!note) break;
    for (const Event& event : *note) {
      if (const auto* channel = std::get_if<ChannelDeclared>(&event)) tail_.declare(*channel);
      checkpoints_.learn(event);
    }
    std::move(note->begin(), note->end(), std::back_inserter(events_));
  }
  for (; alerts > 0 && events_.size() < kEventsHeldMax; --alerts) {
    const std::optional<AlertEvent> alert = crossings_->alerts.try_pop();
    CHECK(alert.has_value());
    events_.emplace_back(*alert);
    checkpoints_.learn(events_.back());
  }
}

std::optional<Gap> StorageService::undeclared(Instant now, Stream stream, const Loss& loss,
                                              const Loss& declared) const {
  if (loss.count == declared.count) return std::nullopt;
  Gap gap;
  gap.time = now;
  gap.run = run_;
  gap.stream = stream;
  gap.reason = GapReason::kRingFull;
  gap.readings = loss.count - declared.count;
  // The span has to hold every lost stamp; when it has more than the newest episode in it, it is
  // longer than need be.
  const bool only_newest =
      loss.episodes == declared.episodes + 1 && loss.earlier_last == declared.last;
  gap.first = only_newest ? loss.episode_first : declared.last;
  gap.last = loss.last;
  return gap;
}

void StorageService::collect_readings(Instant now) {
  // Bounded: one ring full at most in one step.
  for (std::size_t i = 0; i < crossings_->readings.capacity(); ++i) {
    if (tail_.full() && !(may_write(now) && write(now, true, false))) return;
    const std::optional<Reading> reading = crossings_->readings.try_pop();
    if (!reading) return;
    CHECK(tail_.add(*reading));
    ++readings_drained_;
  }
}

void StorageService::collect_rollups() {
  while (rolled_up_.size() < Crossings::kRolledUpMax) {
    std::optional<storage::RolledUp> part = crossings_->rolled_up.try_pop();
    if (!part) return;
    rolled_up_.push_back(std::move(*part));
  }
}

std::vector<storage::RolledUp> StorageService::rollups_to_write() const {
  std::vector<storage::RolledUp> parts;
  std::size_t bytes = 0;
  for (const storage::RolledUp& part : rolled_up_) {
    for (const SealedChunk& chunk : part.chunks) bytes += chunk.bytes.size();
    if (bytes > kRollupBytesMax && !parts.empty()) break;
    parts.push_back(part);
  }
  return parts;
}

bool StorageService::may_write(Instant now) const {
  return !status_.failing || now >= next_commit_;
}

bool StorageService::seal_due(Instant now) const {
  if (tail_.empty()) return false;
  if (rewrite_ || tail_.full()) return true;
  if (promoter_.wants_seal(tail_, now, crossings_->uplink.read().link_up)) return true;
  return now - tail_.oldest() >= seal_.seal_after && chunks_leave_at_once();
}

// Nagle's rule (RFC 896), of chunks: nobody is served by small ones that wait, and larger ones cost
// less. However old it is, what the uplink says cannot be of a later chunk than it has seen.
bool StorageService::chunks_leave_at_once() const {
  const uplink::Snapshot uplink = crossings_->uplink.read();
  if (!uplink.link_up || !uplink.policy.takes_raw) return false;
  const storage::Totals totals = store_.totals();
  // What was dropped or found damaged is never handed over.
  return uplink.delivery.raw_handed_over >= totals.sealed_upto || totals.pending_chunks == 0;
}

bool StorageService::write(Instant now, bool seal, bool ends_run) {
  if (store_.failed() && !reopen(now)) return false;
  next_commit_ = now + seal_.commit_every;
  storage::Commit commit;
  const LoopStatus loop = crossings_->loop.read();
  std::vector<Event> gaps;
  if (const auto gap = undeclared(now, Stream::kRaw, loop.lost_readings, declared_readings_)) {
    gaps.emplace_back(*gap);
  }
  if (const auto gap = undeclared(now, Stream::kEvent, loop.lost_alerts, declared_alerts_)) {
    gaps.emplace_back(*gap);
  }
  append_chunk(gaps, commit.chunks);
  const auto events = std::span(events_).first(std::min(events_.size(), chunk::kEventsMax));
  append_chunk(events, commit.chunks);
  if (seal || rewrite_) {
    for (SealedChunk& chunk : tail_.seal()) commit.chunks.push_back(std::move(chunk));
    commit.drop_frames = true;
  } else {
    commit.frame = tail_.frame();
  }
  commit.ends_run = ends_run;
  if (!commit.drop_frames && events.size() <= kEventsBesideRollups) {
    commit.rollups = rollups_to_write();
  }
  promoter_.add_to(commit, events, now);
  alerts_.add_to(commit, events);
  // A commit without readings does not put theirs off: the first of a run is durable at once.
  const bool has_readings = commit.frame.has_value() || (commit.drop_frames && !tail_.empty());
  if (!has_readings) next_commit_ = now;
  if (!has_readings && commit.chunks.empty() && commit.rollups.empty() && !ends_run) {
    rewrite_ = false;
    resumed();
    return true;
  }

  const bool has_all = events.size() == events_.size() && crossings_->alerts.size() == 0;
  checkpoints_.add_to(commit, has_all);
  attempt_ = {
      commit.drop_frames, tail_.size(), events.size(), commit.rollups.size(), loop.lost_readings,
      loop.lost_alerts,   now};
  if (const Result<> written = store_.commit(commit); !written.ok()) {
    failed(now, written.error());
    return false;
  }
  committed();
  if (attempt_.seal) measure_growth(now);
  resumed();
  return true;
}

void StorageService::committed() {
  ++status_.commits;
  promoter_.committed();
  alerts_.committed();
  if (checkpoints_.committed(attempt_.at)) ++status_.checkpoints;
  events_.erase(events_.begin(), events_.begin() + static_cast<std::ptrdiff_t>(attempt_.events));
  rolled_up_.erase(rolled_up_.begin(),
                   rolled_up_.begin() + static_cast<std::ptrdiff_t>(attempt_.rollups));
  declared_readings_ = attempt_.lost_readings;
  declared_alerts_ = attempt_.lost_alerts;
  if (attempt_.seal) {
    tail_.seal_committed(attempt_.readings);
    rewrite_ = false;
  } else {
    tail_.frame_committed(attempt_.readings);
  }
}

void StorageService::failed(Instant now, const Error& error) {
  ++status_.commit_failures;
  retry_after_ = status_.failing ? std::min(2 * retry_after_, kRetryAfterMax) : seal_.commit_every;
  next_commit_ = now + retry_after_;
  if (!std::exchange(status_.failing, true)) {
    log(LogLevel::kError,
        "cannot write the buffer, keeping readings in memory and trying again: " + error.message);
  }
}

// What is not a commit is tried again at its own time, unless it was the last that this file was
// asked for.
void StorageService::put_off(Instant now, const Error& error) {
  if (store_.failed()) return failed(now, error);
  ++status_.commit_failures;
}

void StorageService::resumed() {
  if (std::exchange(status_.failing, false))
    log(LogLevel::kInfo, "the buffer can be written again");
}

bool StorageService::reopen(Instant now) {
  const Result<storage::Reopened> outcome = store_.reopen();
  if (!outcome.ok()) {
    failed(now, outcome.error());
    return false;
  }
  ++status_.reopenings;
  if (*outcome == storage::Reopened::kWith) committed();
  if (*outcome == storage::Reopened::kBehind) {
    tail_.frames_lost();
    promoter_.lost();
    alerts_.lost();
    rewrite_ = true;
  }
  return true;
}

// Nothing is promoted before the run is durable.
void StorageService::promote(Instant now) {
  if (status_.commits == 0) return;
  const Result<> done = promoter_.step(store_, tail_, now);
  if (!done.ok()) put_off(now, done.error());
}

void StorageService::keep_quota(Instant now) {
  for (int i = 0; i < kDropsPerStepMax; ++i) {
    const Result<std::vector<storage::Drop>> dropped = store_.make_room();
    if (!dropped.ok()) return put_off(now, dropped.error());
    if (dropped->empty()) return;
  }
}

// Between two seals frames take room that a chunk needs less of.
void StorageService::measure_growth(Instant now) {
  const storage::Written written = store_.written();
  taken_.step(now, store_.totals().grown);
  chunks_.step(now, static_cast<std::int64_t>(std::accumulate(
                        written.chunks.begin(), written.chunks.end(), std::uint64_t{0})));
}

void StorageService::publish(Instant now) {
  status_.stepped_at = now;
  status_.totals = store_.totals();
  status_.salvaging = store_.salvaging();
  status_.written = store_.written();
  status_.promotion = promoter_.status();
  status_.bytes_taken = taken_.per_second(now);
  status_.chunk_bytes = chunks_.per_second(now);
  status_.uncommitted = tail_.uncommitted() + crossings_->readings.size();
  status_.readings_lost = crossings_->loop.read().lost_readings.count;
  crossings_->storage.publish(status_);
}

}  // namespace sluice::app
