// What the storage service makes of what the collector says, and what it has to tell it about keys:
// what was dropped, what is missing and which runs are over.

#include <span>
#include <utility>
#include <vector>

#include "app/recovery.hpp"
#include "app/storage_service.hpp"
#include "chunk/events.hpp"
#include "core/log.hpp"

namespace sluice::app {
namespace {

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

}  // namespace

void StorageService::settle_acks(Instant now) {
  // An answer comes first and as a whole: what is settled anew in the middle of one would be taken
  // for lost.
  settle_answers(now);
  while (!answering_ && !store_.failed()) {
    if (!settling_) settling_ = crossings_->acks.try_pop();
    if (!settling_) return;
    const Doubt of{settling_->run, settling_->stream, false};
    if (!settled(now, store_.acknowledge(*settling_), of)) return;
    settling_.reset();
  }
}

void StorageService::settle_answers(Instant now) {
  while (!store_.failed()) {
    if (!answering_) answering_ = crossings_->answered.try_pop();
    if (!answering_) return;
    const Doubt of{answering_->question.run, answering_->question.stream, false};
    const Result<storage::AckOutcome> outcome = store_.acknowledge(*answering_);
    const std::uint64_t lost =
        outcome.ok() ? outcome->returned_chunks + outcome->missing_keys + outcome->masked_keys : 0;
    if (lost > 0 && std::exchange(status_.chunks_lost, status_.chunks_lost + lost) == 0) {
      log(LogLevel::kWarning,
          "the collector has lost what it had acknowledged, as after a restore from a backup: what "
          "is still here is sent again, the rest is declared missing");
    }
    collector_answers_ = true;
    // What a gap has hidden the uplink does not see.
    if (outcome.ok() && outcome->masked_keys > 0) {
      static_cast<void>(crossings_->doubts.try_push({of.run, of.stream, true}));
    }
    if (!settled(now, outcome, of)) return;
    answering_.reset();
  }
}

bool StorageService::settled(Instant now, const Result<storage::AckOutcome>& outcome,
                             const Doubt& of) {
  // On failure nothing was settled: what the collector says next says the same and more.
  if (!outcome.ok()) {
    static_cast<void>(crossings_->doubts.try_push(Doubt(of)));
    put_off(now, outcome.error());
    return true;
  }
  collector_heard_ = collector_heard_ || outcome->settled_chunks > 0;
  // The rest of a long one is for the next step.
  if (outcome->unfinished) return false;
  const bool doubtful = outcome->refused || outcome->holds_less;
  if (doubtful && !outcome->unknown_run) static_cast<void>(crossings_->doubts.try_push(Doubt(of)));
  if (outcome->refused && ++status_.acks_refused == 1) {
    log(LogLevel::kWarning,
        "an acknowledgement of the collector does not fit what was sent; nothing was deleted for "
        "it. Is another collector or gateway using this id?");
  }
  return true;
}

// A collector that cannot be asked does not know what a closing record is.
void StorageService::close_runs(Instant now) {
  if (!collector_answers_) return;
  const Result<> closed = app::close_runs(store_, now);
  if (!closed.ok()) put_off(now, closed.error());
}

void StorageService::declare_drops(Instant now) {
  // A gap record takes space that only the collector can give back. While nobody is there, the gap
  // grows where it is durable already. With nothing pending no acknowledgement would ever come.
  // Only what is declared can be forgotten in the end.
  const storage::Totals totals = store_.totals();
  const bool due = std::exchange(collector_heard_, false) || totals.pending_chunks == 0 ||
                   totals.undeclared_chunks > undeclared_max_;
  if (totals.undeclared_chunks == 0 || !due) return;
  const Result<std::vector<storage::Drop>> drops = store_.undeclared();
  std::vector<Event> gaps;
  if (drops.ok()) {
    for (const storage::Drop& drop : *drops) gaps.emplace_back(gap_of(drop, now));
  }
  if (drops.ok() && gaps.empty()) return;
  const Result<> declared =
      drops.ok() ? store_.declare(*drops, chunk::encode_events(gaps)) : drops.error();
  if (!declared.ok()) {
    put_off(now, declared.error());
    collector_heard_ = true;
  }
}

}  // namespace sluice::app
