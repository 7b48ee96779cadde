#include "app/storage_service.hpp"

#include <algorithm>
#include <iterator>
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
// Events held in memory while the store fails, beside one note: under 1 MB. What comes then waits
// in its ring, and a full ring is counted.
constexpr std::size_t kEventsHeldMax = 4 * chunk::kEventsMax;

static_assert(storage::kDropsDeclaredMax <= chunk::kEventsMax);

Gap gap_of(const storage::Drop& drop, Instant now) {
  Gap gap;
  gap.time = now;
  gap.run = drop.run;
  gap.stream = drop.stream;
  gap.reason = drop.reason;
  gap.first_seq = drop.first_seq;
  gap.last_seq = drop.last_seq;
  gap.readings = drop.readings;
  gap.first = drop.first;
  gap.last = drop.last;
  return gap;
}

void append_chunks(std::span<const Event> events, std::vector<SealedChunk>& chunks) {
  while (!events.empty()) {
    const auto part = events.first(std::min(events.size(), chunk::kEventsMax));
    chunks.push_back(chunk::encode_events(part));
    events = events.subspan(part.size());
  }
}

}  // namespace

Result<StorageService> StorageService::open(const Options& options, Crossings& crossings,
                                            Instant now) {
  Result<storage::Store> store =
      storage::Store::open(options.store, options.run, options.boot, now);
  if (!store.ok()) return store.error();
  if (Result<> recovered = recover_earlier_runs(*store, options.boot, now); !recovered.ok()) {
    return recovered.error();
  }
  return StorageService(options, crossings, std::move(*store), now);
}

StorageService::StorageService(const Options& options, Crossings& crossings, storage::Store store,
                               Instant now)
    : seal_(options.seal),
      crossings_(&crossings),
      store_(std::move(store)),
      run_(options.run),
      tail_(options.seal.seal_readings),
      next_commit_(now) {
  publish();
}

void StorageService::step(Instant now) {
  collect_events();
  collect_readings(now);
  const bool due = !events_.empty() || now >= next_commit_;
  if (due && may_write(now)) write(now, seal_due(now), false);
  settle_acks();
  keep_quota();
  declare_drops(now);
  publish();
}

Result<> StorageService::finish(Instant now) {
  bool written = true;
  for (bool last = false; written && !last;) {
    next_commit_ = now;  // what failed before is tried at once
    collect_events();
    collect_readings(now);
    last = crossings_->readings.size() + crossings_->alerts.size() + crossings_->notes.size() == 0;
    if (last) {
      const std::uint64_t lost = crossings_->loop.read().lost_readings.count;
      events_.push_back(RunEnded{now, readings_drained_ + lost});
    }
    written = write(now, true, last);
  }
  publish();
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
    }
    std::move(note->begin(), note->end(), std::back_inserter(events_));
  }
  for (; alerts > 0 && events_.size() < kEventsHeldMax; --alerts) {
    const std::optional<AlertEvent> alert = crossings_->alerts.try_pop();
    CHECK(alert.has_value());
    events_.emplace_back(*alert);
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

bool StorageService::may_write(Instant now) const {
  return !status_.failing || now >= next_commit_;
}

bool StorageService::seal_due(Instant now) const {
  return !tail_.empty() && (tail_.full() || now - tail_.oldest() >= seal_.seal_after);
}

bool StorageService::write(Instant now, bool seal, bool ends_run) {
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
  append_chunks(gaps, commit.chunks);
  append_chunks(events_, commit.chunks);
  if (seal) {
    for (SealedChunk& chunk : tail_.seal()) commit.chunks.push_back(std::move(chunk));
    commit.drop_frames = true;
  } else {
    commit.frame = tail_.frame();
  }
  commit.ends_run = ends_run;
  // A commit without readings does not put theirs off: the first of a run is durable at once.
  const bool has_readings = commit.frame.has_value() || (seal && !tail_.empty());
  if (!has_readings) next_commit_ = now;
  if (!has_readings && commit.chunks.empty() && !ends_run) return true;

  const Result<> written = store_.commit(commit);
  if (!written.ok()) {
    ++status_.commit_failures;
    next_commit_ = now + seal_.commit_every;
    if (!std::exchange(status_.failing, true)) {
      log(LogLevel::kError,
          "cannot write the buffer, keeping readings in memory and trying again: " +
              written.error().message);
    }
    return false;
  }
  if (std::exchange(status_.failing, false))
    log(LogLevel::kInfo, "the buffer can be written again");
  ++status_.commits;
  events_.clear();
  declared_readings_ = loop.lost_readings;
  declared_alerts_ = loop.lost_alerts;
  seal ? tail_.seal_committed() : tail_.frame_committed();
  return true;
}

void StorageService::settle_acks() {
  while (const std::optional<Ack> ack = crossings_->acks.try_pop()) {
    const Result<storage::AckOutcome> outcome = store_.acknowledge(*ack);
    if (!outcome.ok()) {
      // Nothing was removed; the collector's next acknowledgement says the same and more.
      ++status_.commit_failures;
      continue;
    }
    collector_heard_ = collector_heard_ || outcome->settled_chunks > 0;
    if (outcome->refused && ++status_.acks_refused == 1) {
      log(LogLevel::kWarning,
          "an acknowledgement of the collector does not fit what was sent; nothing was deleted for "
          "it. Is another collector or gateway using this id?");
    }
  }
}

void StorageService::keep_quota() {
  for (int i = 0; i < kDropsPerStepMax; ++i) {
    const Result<std::vector<storage::Drop>> dropped = store_.make_room();
    if (!dropped.ok()) ++status_.commit_failures;
    if (!dropped.ok() || dropped->empty()) return;
  }
}

void StorageService::declare_drops(Instant now) {
  // A gap record takes space that only the collector can give back. While nobody is there, the gap
  // grows where it is durable already. With nothing pending no acknowledgement would ever come.
  const storage::Totals totals = store_.totals();
  const bool due = std::exchange(collector_heard_, false) || totals.pending_chunks == 0;
  if (totals.undeclared_chunks == 0 || !due) return;
  const Result<std::vector<storage::Drop>> drops = store_.undeclared();
  std::vector<Event> gaps;
  if (drops.ok()) {
    for (const storage::Drop& drop : *drops) gaps.emplace_back(gap_of(drop, now));
  }
  if (gaps.empty() || !store_.declare(*drops, chunk::encode_events(gaps)).ok()) {
    ++status_.commit_failures;
    collector_heard_ = true;
  }
}

void StorageService::publish() {
  status_.totals = store_.totals();
  status_.uncommitted = tail_.uncommitted() + crossings_->readings.size();
  status_.readings_lost = crossings_->loop.read().lost_readings.count;
  crossings_->storage.publish(status_);
}

}  // namespace sluice::app
