#include "app/storage_service.hpp"

#include <optional>
#include <utility>

#include "app/recovery.hpp"
#include "chunk/events.hpp"
#include "core/check.hpp"
#include "core/log.hpp"

namespace sluice::app {
namespace {

// Drops in one step; more would keep the thread from its commits.
constexpr int kDropsPerStepMax = 16;

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
  collect_events(now);
  collect_readings(now);
  const bool urgent = !events_.empty() && !status_.failing;
  if (urgent || now >= next_commit_) write(now, seal_due(now), false);
  settle_acks();
  keep_quota(now);
  publish();
}

Result<> StorageService::finish(Instant now) {
  collect_events(now);
  collect_readings(now);
  events_.push_back(RunEnded{now, readings_drained_ + declared_readings_.count});
  const bool written = write(now, true, true);
  publish();
  if (!written) {
    return Error{ErrorCode::kUnavailable,
                 "the last readings could not be written; the next start recovers what is durable"};
  }
  return Ok{};
}

void StorageService::collect_events(Instant now) {
  // One place is kept for the end of the run.
  while (events_.size() + 1 < chunk::kEventsMax) {
    std::optional<AlertEvent> alert = crossings_->alerts.try_pop();
    if (!alert) break;
    events_.push_back(*alert);
  }
  while (events_.size() + 1 < chunk::kEventsMax) {
    std::optional<std::vector<Event>> notes = crossings_->notes.try_pop();
    if (!notes) break;
    for (Event& note : *notes) events_.push_back(std::move(note));
  }
  const LoopStatus loop = crossings_->loop.read();
  declare_losses(now, Stream::kRaw, loop.lost_readings, declared_readings_);
  declare_losses(now, Stream::kEvent, loop.lost_alerts, declared_alerts_);
}

void StorageService::declare_losses(Instant now, Stream stream, const Loss& loss, Loss& declared) {
  if (loss.count == declared.count) return;
  Gap gap;
  gap.time = now;
  gap.run = run_;
  gap.stream = stream;
  gap.reason = GapReason::kRingFull;
  gap.readings = loss.count - declared.count;
  // The span has to hold every lost stamp; when episodes came too fast to be told apart it is
  // longer than need be.
  gap.first = loss.episodes == declared.episodes + 1 ? loss.episode_first : declared.last;
  gap.last = loss.last;
  events_.push_back(gap);
  declared = loss;
}

void StorageService::collect_readings(Instant now) {
  // Bounded: one ring full at most in one step.
  for (std::size_t i = 0; i < crossings_->readings.capacity(); ++i) {
    if (tail_.full() && !write(now, true, false)) return;
    const std::optional<Reading> reading = crossings_->readings.try_pop();
    if (!reading) return;
    CHECK(tail_.add(*reading));
    ++readings_drained_;
  }
}

bool StorageService::seal_due(Instant now) const {
  return !tail_.empty() && (tail_.full() || now - tail_.oldest() >= seal_.seal_after);
}

bool StorageService::write(Instant now, bool seal, bool ends_run) {
  next_commit_ = now + seal_.commit_every;
  storage::Commit commit;
  if (!events_.empty()) commit.chunks.push_back(chunk::encode_events(events_));
  if (seal) {
    for (SealedChunk& chunk : tail_.seal()) commit.chunks.push_back(std::move(chunk));
    commit.drop_frames = true;
  } else {
    commit.frame = tail_.frame();
  }
  commit.ends_run = ends_run;
  if (!commit.frame && commit.chunks.empty() && !ends_run) return true;

  const Result<> written = store_.commit(commit);
  if (!written.ok()) {
    ++status_.commit_failures;
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
    if (outcome->refused && ++status_.acks_refused == 1) {
      log(LogLevel::kWarning,
          "an acknowledgement of the collector does not fit what was sent; nothing was deleted for "
          "it. Is another collector or gateway using this id?");
    }
  }
}

void StorageService::keep_quota(Instant now) {
  for (int i = 0; i < kDropsPerStepMax; ++i) {
    const Result<std::optional<storage::Drop>> over = store_.over_quota();
    if (!over.ok() || !over->has_value()) return;
    const storage::Drop& drop = **over;
    Gap gap;
    gap.time = now;
    gap.run = drop.run;
    gap.stream = drop.stream;
    gap.reason = GapReason::kQuota;
    gap.first_seq = drop.first_seq;
    gap.last_seq = drop.last_seq;
    gap.readings = drop.readings;
    gap.first = drop.first;
    gap.last = drop.last;
    const Event event = gap;
    if (!store_.drop(drop, chunk::encode_events({&event, 1})).ok()) {
      ++status_.commit_failures;
      return;
    }
  }
}

void StorageService::publish() {
  status_.totals = store_.totals();
  status_.uncommitted = tail_.uncommitted();
  status_.readings_lost = declared_readings_.count;
  crossings_->storage.publish(status_);
}

}  // namespace sluice::app
