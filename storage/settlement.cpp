#include "storage/settlement.hpp"

#include <algorithm>
#include <span>

#include "storage/missing_table.hpp"
#include "storage/tombstone_table.hpp"

namespace sluice::storage {
namespace {

// Why a key is settled, as the table says it.
constexpr std::int64_t kHeld = 0;
constexpr std::int64_t kResolved = 1;
// In the table of what is missing: the collector may hold it or not, and what its checksum was is
// not known any more.
constexpr std::int64_t kMissing = 2;

// With every drop, which adds one.
constexpr std::int64_t kTombstoneRowsForgotten = 4;

static_assert(kTombstonesPerRow <= kSettledChunksMax);

std::uint64_t size_of(const Interval& interval) {
  return interval.last - interval.first + 1;
}

// REQUIRES: they share one.
std::uint64_t keys_shared(const Interval& a, const Interval& b) {
  return std::min(a.last, b.last) - std::max(a.first, b.first) + 1;
}

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

// What is known of the keys of one (run, stream), in one transaction. A key is in `chunk`, or has a
// tombstone, or is in one interval of `settled`.
class Ledger {
 public:
  Ledger(Transaction& transaction, const KnownRun& run, Stream stream)
      : transaction_(transaction),
        known_run_(run),
        of_(stream),
        run_(run.row),
        stream_(static_cast<std::int64_t>(stream)) {}

  std::uint64_t last_seq();
  bool explains(const Ack& ack);
  // Settles the key if what was refused is what is known here under it.
  void settle(const Refusal& refusal, AckOutcome& outcome);
  // As much of it as `outcome` may hold. REQUIRES: the interval is explained.
  void settle(const Interval& interval, std::int64_t kind, AckOutcome& outcome);

 private:
  struct Sum {
    std::uint64_t chunks = 0;
    std::uint64_t readings = 0;
    std::uint64_t check = 0;

    void operator+=(const Sum& more) {
      chunks += more.chunks;
      readings += more.readings;
      check += more.check;
    }
  };
  struct Dropped {
    Sum all;
    Sum undeclared;
  };
  struct Settled {
    Interval interval;
    std::int64_t kind = kHeld;
  };
  bool explains_held(const Interval& interval);
  bool explains_resolved(const Interval& interval);
  Sum pending_in(const Interval& interval);
  Dropped dropped_in(const Interval& interval);
  // Settled and missing intervals that share a key with `interval`, ascending.
  std::vector<Settled> settled_in(const Interval& interval);
  // What `interval` has between them.
  std::vector<Interval> unsettled_in(const Interval& interval);
  // Takes what `interval` has out of both tables; all that was there.
  Sum remove(const Interval& interval, std::int64_t kind);
  void add_settled(Interval interval, std::int64_t kind);

  Transaction& transaction_;
  KnownRun known_run_;
  Stream of_;
  std::int64_t run_;
  std::int64_t stream_;
};

std::uint64_t Ledger::last_seq() {
  return to_unsigned(transaction_.integer(
      "SELECT last_seq FROM stream WHERE run = ? AND stream = ?", {run_, stream_}));
}

Ledger::Sum Ledger::pending_in(const Interval& interval) {
  Sum sum;
  transaction_.for_each(
      "SELECT count(*), sum(count), sum(crc) FROM chunk"
      " WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?",
      {run_, stream_, to_signed(interval.first), to_signed(interval.last)}, [&](const Row& row) {
        sum.chunks = to_unsigned(row.integer(0));
        sum.readings = of_ == Stream::kRaw ? to_unsigned(row.integer(1)) : 0;
        sum.check = to_unsigned(row.integer(2));
        return true;
      });
  return sum;
}

Ledger::Dropped Ledger::dropped_in(const Interval& interval) {
  Dropped dropped;
  for (const TombstoneRow& row : tombstones_in(transaction_, known_run_, of_, interval)) {
    Sum sum{row.members.size(), readings_in(row.members), 0};
    for (const Tombstone& member : row.members) sum.check += member.crc;
    dropped.all += sum;
    if (!row.declared) dropped.undeclared += sum;
  }
  return dropped;
}

std::vector<Ledger::Settled> Ledger::settled_in(const Interval& interval) {
  std::vector<Settled> settled;
  transaction_.for_each(
      "SELECT first, last, check_sum, resolved FROM settled"
      " WHERE run = ? AND stream = ? AND first <= ? AND last >= ? ORDER BY first",
      {run_, stream_, to_signed(interval.last), to_signed(interval.first)}, [&](const Row& row) {
        const Interval members{to_unsigned(row.integer(0)), to_unsigned(row.integer(1)),
                               to_unsigned(row.integer(2))};
        settled.push_back({members, row.integer(3)});
        return true;
      });
  for (const Interval& missing : missing_in(transaction_, run_, stream_, interval)) {
    settled.push_back({missing, kMissing});
  }
  std::sort(settled.begin(), settled.end(),
            [](const Settled& a, const Settled& b) { return a.interval.first < b.interval.first; });
  return settled;
}

std::vector<Interval> Ledger::unsettled_in(const Interval& interval) {
  std::vector<Interval> unsettled;
  std::uint64_t next = interval.first;
  for (const auto& [settled, kind] : settled_in(interval)) {
    if (settled.first > next) unsettled.push_back({next, settled.first - 1, 0});
    next = settled.last + 1;
  }
  if (next <= interval.last) unsettled.push_back({next, interval.last, 0});
  return unsettled;
}

bool Ledger::explains_held(const Interval& interval) {
  Sum known = pending_in(interval);
  known += dropped_in(interval).all;
  bool is_sum_known = true;
  for (const auto& [settled, kind] : settled_in(interval)) {
    if (kind == kMissing) {
      known += {keys_shared(settled, interval), 0, 0};
      is_sum_known = false;
      continue;
    }
    const bool inside = settled.first >= interval.first && settled.last <= interval.last;
    const bool nothing_new = settled.first <= interval.first && settled.last >= interval.last;
    if (!inside) return nothing_new;
    known += {size_of(settled), 0, settled.check};
  }
  return known.chunks == size_of(interval) && (known.check == interval.check || !is_sum_known);
}

bool Ledger::explains_resolved(const Interval& interval) {
  const Dropped dropped = dropped_in(interval);
  std::uint64_t keys = dropped.all.chunks - dropped.undeclared.chunks;
  for (const auto& [settled, kind] : settled_in(interval)) {
    keys += keys_shared(settled, interval);
  }
  return keys == size_of(interval) && interval.check == 0;
}

bool Ledger::explains(const Ack& ack) {
  const std::uint64_t last = last_seq();
  return is_well_formed(ack.held, last) && is_well_formed(ack.resolved, last) &&
         are_disjoint(ack.held, ack.resolved) &&
         std::all_of(ack.held.begin(), ack.held.end(),
                     [this](const Interval& interval) { return explains_held(interval); }) &&
         std::all_of(ack.resolved.begin(), ack.resolved.end(),
                     [this](const Interval& interval) { return explains_resolved(interval); });
}

void Ledger::settle(const Refusal& refusal, AckOutcome& outcome) {
  Interval key{refusal.seq, refusal.seq, 0};
  Sum known = pending_in(key);
  known += dropped_in(key).all;
  if (known.chunks != 1 || known.check != refusal.crc) return;
  const std::int64_t kind = refusal.standing ? kHeld : kResolved;
  const Sum removed = remove(key, kind);
  // Later acknowledgements count with the chunk that stands.
  key.check = refusal.standing.value_or(refusal.crc);
  add_settled(key, kind);
  outcome.settled_chunks += removed.chunks;
  outcome.settled_readings += removed.readings;
}

void Ledger::settle(const Interval& interval, std::int64_t kind, AckOutcome& outcome) {
  for (Interval part : unsettled_in(interval)) {
    const std::uint64_t room = kSettledChunksMax - outcome.settled_chunks;
    outcome.unfinished = size_of(part) > room;
    if (outcome.unfinished) part.last = part.first + room - 1;
    if (room == 0) return;
    const Sum removed = remove(part, kind);
    part.check = removed.check;
    add_settled(part, kind);
    outcome.settled_chunks += removed.chunks;
    outcome.settled_readings += removed.readings;
    if (outcome.unfinished) return;
  }
}

Ledger::Sum Ledger::remove(const Interval& interval, std::int64_t kind) {
  const Sum pending = pending_in(interval);
  const auto [dropped, undeclared] = dropped_in(interval);
  transaction_.run("DELETE FROM chunk WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?",
                   {run_, stream_, to_signed(interval.first), to_signed(interval.last)});
  remove_tombstones(transaction_, known_run_, of_, interval);
  // A chunk that was on its way when it was dropped has been delivered after all. One that is
  // stored, on a disk that was rolled back, has been dropped all the same.
  const bool held = kind == kHeld;
  const std::uint64_t delivered = held ? pending.readings + dropped.readings : 0;
  const std::uint64_t lost = held ? 0 : pending.readings + dropped.readings;
  transaction_.run(
      "UPDATE stream SET pending_chunks = pending_chunks - ?, pending = pending - ?,"
      " delivered = delivered + ?, dropped = dropped - ? + ?, dropped_chunks = dropped_chunks - ?,"
      " undeclared_chunks = undeclared_chunks - ?, undeclared = undeclared - ?"
      " WHERE run = ? AND stream = ?",
      {to_signed(pending.chunks), to_signed(pending.readings), to_signed(delivered),
       to_signed(dropped.readings), to_signed(lost), to_signed(dropped.chunks),
       to_signed(undeclared.chunks), to_signed(undeclared.readings), run_, stream_});
  Sum all = pending;
  all += dropped;
  return all;
}

void Ledger::add_settled(Interval interval, std::int64_t kind) {
  const Interval reach{interval.first - 1, interval.last + 1, 0};
  for (const auto& [neighbour, neighbour_kind] : settled_in(reach)) {
    if (neighbour_kind != kind) continue;
    interval.first = std::min(interval.first, neighbour.first);
    interval.last = std::max(interval.last, neighbour.last);
    interval.check += neighbour.check;
    transaction_.run("DELETE FROM settled WHERE run = ? AND stream = ? AND first = ?",
                     {run_, stream_, to_signed(neighbour.first)});
  }
  transaction_.run("INSERT INTO settled VALUES (?, ?, ?, ?, ?, ?)",
                   {run_, stream_, to_signed(interval.first), to_signed(interval.last),
                    to_signed(interval.check), kind});
}

}  // namespace

AckOutcome settle(Transaction& transaction, const KnownRun& run, const Ack& ack) {
  Ledger ledger(transaction, run, ack.stream);
  AckOutcome outcome;
  for (const Refusal& refusal : ack.refusals) ledger.settle(refusal, outcome);
  outcome.refused = !ledger.explains(ack);
  if (outcome.refused) return outcome;
  for (const Interval& interval : ack.held) {
    if (!outcome.unfinished) ledger.settle(interval, kHeld, outcome);
  }
  for (const Interval& interval : ack.resolved) {
    if (!outcome.unfinished) ledger.settle(interval, kResolved, outcome);
  }
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
    AckOutcome settled;
    Ledger(transaction, run, stream).settle(keys, kResolved, settled);
  }
}

}  // namespace sluice::storage
