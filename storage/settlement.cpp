#include "storage/settlement.hpp"

#include <algorithm>
#include <span>
#include <vector>

#include "storage/ledger.hpp"
#include "storage/tombstone_table.hpp"

namespace sluice::storage {
namespace {

// With every drop, which adds one.
constexpr std::int64_t kTombstoneRowsForgotten = 4;

// Ascending, disjoint, and within the keys ever given.
bool is_well_formed(std::span<const Interval> intervals, std::uint64_t last_seq) {
  std::uint64_t previous = 0;
  for (const Interval& interval : intervals) {
    if (interval.first <= previous || interval.last < interval.first) return false;
    previous = interval.last;
  }
  return previous <= last_seq;
}

// REQUIRES: both well-formed.
bool are_disjoint(std::span<const Interval> a, std::span<const Interval> b) {
  while (!a.empty() && !b.empty()) {
    if (a.front().last < b.front().first) {
      a = a.subspan(1);
    } else if (b.front().last < a.front().first) {
      b = b.subspan(1);
    } else {
      return false;
    }
  }
  return true;
}

bool is_possible(Ledger& ledger, const Ack& ack) {
  const std::uint64_t last = ledger.last_seq();
  return is_well_formed(ack.held, last) && is_well_formed(ack.resolved, last) &&
         are_disjoint(ack.held, ack.resolved);
}

bool explains(Ledger& ledger, const Ack& ack) {
  return is_possible(ledger, ack) &&
         std::all_of(ack.held.begin(), ack.held.end(),
                     [&](const Interval& interval) { return ledger.explains_held(interval); }) &&
         std::all_of(ack.resolved.begin(), ack.resolved.end(),
                     [&](const Interval& interval) { return ledger.explains_resolved(interval); });
}

// What goes into one transaction.
class Settlement {
 public:
  Settlement(Ledger& ledger, AckOutcome& outcome) : ledger_(ledger), outcome_(outcome) {}

  // Settles the key if what was refused is what is known here under it.
  void settle(const Refusal& refusal) {
    const Ledger::Sum known = ledger_.known_of(refusal.seq);
    if (known.chunks != 1 || known.check != refusal.crc) return;
    const Interval key{refusal.seq, refusal.seq, 0};
    // The collector has other bytes, or none: there is no use in keeping these.
    take(ledger_.settle(key, refusal.standing ? Settling::kHeld : Settling::kResolved,
                        Ledger::Keep::kNo, 1));
    // Later acknowledgements count with the chunk that stands.
    if (refusal.standing) ledger_.replace(refusal.seq, refusal.crc, *refusal.standing);
  }

  // REQUIRES: the interval is explained.
  void settle(const Interval& interval, Settling kind) {
    if (outcome_.unfinished) return;
    take(ledger_.settle(interval, kind, Ledger::Keep::kYes, room()));
    outcome_.unfinished = !ledger_.unsettled_in(interval).empty();
  }

  // These had been settled, and are not any more.
  void lose(const Interval& interval) {
    if (outcome_.unfinished) return;
    const Ledger::Lost lost = ledger_.lose(interval, room());
    outcome_.returned_chunks += lost.returned_chunks;
    outcome_.missing_keys += lost.missing_keys;
    outcome_.unfinished = lost.unfinished;
    // Around each that returns there may be a row of missing ones.
    done_ += 2 * lost.returned_chunks + 1;
  }

  // The same, and a gap has settled them at the collector since.
  void lose_to_gap(const Interval& interval) {
    outcome_.unfinished = outcome_.unfinished || room() == 0;
    if (outcome_.unfinished) return;
    Interval part = interval;
    part.last = std::min(part.last, part.first + room() - 1);
    ledger_.resolve_lost(part);
    outcome_.masked_keys += part.last - part.first + 1;
    outcome_.unfinished = part.last < interval.last;
    done_ += part.last - part.first + 1;
  }

 private:
  std::uint64_t room() const { return kSettledChunksMax - std::min(done_, kSettledChunksMax); }
  void take(const Ledger::Sum& removed) {
    done_ += removed.chunks + removed.missing;
    outcome_.settled_missing += removed.missing;
    outcome_.settled_chunks += removed.chunks;
    outcome_.settled_readings += removed.readings;
  }

  Ledger& ledger_;
  AckOutcome& outcome_;
  std::uint64_t done_ = 0;
};

}  // namespace

AckOutcome settle(Transaction& transaction, const KnownRun& run, const Ack& ack) {
  Ledger ledger(transaction, run, ack.stream);
  AckOutcome outcome;
  Settlement settlement(ledger, outcome);
  for (const Refusal& refusal : ack.refusals) settlement.settle(refusal);
  outcome.refused = !explains(ledger, ack);
  outcome.holds_less =
      !outcome.refused && (ledger.has_more_than(ack) || !ledger.masked_by(ack.resolved).empty());
  if (outcome.refused) return outcome;
  for (const Interval& interval : ack.held) settlement.settle(interval, Settling::kHeld);
  for (const Interval& interval : ack.resolved) settlement.settle(interval, Settling::kResolved);
  return outcome;
}

AckOutcome settle(Transaction& transaction, const KnownRun& run, const Answered& answered) {
  const auto& [question, ack] = answered;
  Ledger ledger(transaction, run, ack.stream);
  AckOutcome outcome;
  outcome.refused = ack.run != question.run || ack.stream != question.stream ||
                    question.last > ledger.last_seq() || !is_possible(ledger, ack);
  if (outcome.refused) return outcome;
  Settlement settlement(ledger, outcome);
  // Each by itself: they are cut where what is settled begins and ends, so that whatever cannot be
  // told apart any more does not keep the others from being believed.
  const auto judge = [&](const Interval& interval, Settling kind) {
    if (ledger.is_settled(interval)) return;
    const bool believed = kind == Settling::kHeld ? ledger.explains_held(interval)
                                                  : ledger.explains_resolved(interval);
    outcome.refused = outcome.refused || !believed;
    if (believed) settlement.settle(interval, kind);
  };
  for (const Interval& interval : ack.held) judge(interval, Settling::kHeld);
  for (const Interval& interval : ack.resolved) judge(interval, Settling::kResolved);
  for (const Interval& interval : ledger.settled_among(lost_by(answered))) {
    settlement.lose(interval);
  }
  for (const Interval& interval : ledger.masked_by(ack.resolved)) settlement.lose_to_gap(interval);
  const bool whole =
      !outcome.refused && !outcome.unfinished && !outcome.has_loss() && question.unsettled.empty();
  if (question.is_last && whole) {
    ledger.confirm(question.first, std::min(ack.answer ? ack.answer->last : 0, question.last));
    outcome.confirms = true;
  }
  // What is left of rows that were cut may have sums that nobody here knows.
  for (const Interval& interval : ack.held) ledger.adopt(interval);
  return outcome;
}

void forget_tombstones(Transaction& transaction, std::uint64_t chunks_max) {
  const std::int64_t chunks = transaction.integer("SELECT sum(dropped_chunks) FROM stream");
  if (to_unsigned(chunks) <= chunks_max) return;
  struct Oldest {
    KnownRun run;
    Stream stream = Stream::kRaw;
    Interval keys;
  };
  std::vector<Oldest> oldest;
  transaction.for_each(
      "SELECT run, stream, first, last FROM tombstone WHERE declared = 1"
      " ORDER BY run, stream, first LIMIT ?",
      {kTombstoneRowsForgotten}, [&](const Row& row) {
        oldest.push_back({KnownRun{row.integer(0), {}},
                          static_cast<Stream>(row.integer(1)),
                          {to_unsigned(row.integer(2)), to_unsigned(row.integer(3)), 0}});
        return true;
      });
  for (const auto& [run, stream, keys] : oldest) {
    static_cast<void>(Ledger(transaction, run, stream)
                          .settle(keys, Settling::kResolved, Ledger::Keep::kNo, kTombstonesPerRow));
  }
}

}  // namespace sluice::storage
