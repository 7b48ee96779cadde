#include "storage/ledger.hpp"

#include <algorithm>
#include <utility>

#include "storage/chunk_table.hpp"
#include "storage/missing_table.hpp"
#include "storage/tombstone_table.hpp"

namespace sluice::storage {
namespace {

std::uint64_t size_of(const Interval& interval) {
  return interval.last - interval.first + 1;
}

// REQUIRES: they share a key.
Interval shared(const Interval& a, const Interval& b) {
  return {std::max(a.first, b.first), std::min(a.last, b.last), 0};
}

bool is_inside(const Interval& inner, const Interval& outer) {
  return outer.first <= inner.first && inner.last <= outer.last;
}

}  // namespace

std::uint64_t Ledger::last_seq() {
  return to_unsigned(transaction_.integer(
      "SELECT last_seq FROM stream WHERE run = ? AND stream = ?", {run_, stream_}));
}

// ---- What is known ------------------------------------------------------------------------------

Ledger::Sum Ledger::chunks_in(const Interval& interval) {
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

Ledger::Sum Ledger::pending_in(const Interval& interval) {
  Sum pending;
  for (const Interval& part : unsettled_in(interval)) pending += chunks_in(part);
  return pending;
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

Ledger::Sum Ledger::known_of(std::uint64_t seq) {
  Sum known = pending_in({seq, seq, 0});
  known += dropped_in({seq, seq, 0}).all;
  return known;
}

std::vector<Ledger::Settled> Ledger::settled_in(const Interval& interval) {
  std::vector<Settled> settled;
  transaction_.for_each(
      "SELECT first, last, check_sum, resolved FROM settled"
      " WHERE run = ? AND stream = ? AND first <= ? AND last >= ? ORDER BY first",
      {run_, stream_, to_signed(interval.last), to_signed(interval.first)}, [&](const Row& row) {
        const Interval members{to_unsigned(row.integer(0)), to_unsigned(row.integer(1)),
                               to_unsigned(row.integer(2))};
        settled.push_back({members, static_cast<Settling>(row.integer(3))});
        return true;
      });
  for (const Interval& missing : missing_in(transaction_, run_, stream_, interval)) {
    settled.push_back({missing, Settling::kMissing});
  }
  std::sort(settled.begin(), settled.end(),
            [](const Settled& a, const Settled& b) { return a.interval.first < b.interval.first; });
  return settled;
}

std::vector<Interval> Ledger::settled_among(const std::vector<Interval>& keys) {
  std::vector<Interval> among;
  for (const Interval& interval : keys) {
    for (const auto& [settled, kind] : settled_in(interval)) {
      if (kind != Settling::kMissing) among.push_back(shared(settled, interval));
    }
  }
  return among;
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

bool Ledger::is_settled(const Interval& interval) {
  std::uint64_t keys = 0;
  for (const Interval& settled : settled_among({interval})) keys += size_of(settled);
  return keys == size_of(interval);
}

Ledger::Sum Ledger::known_in(const Interval& interval) {
  Sum known = pending_in(interval);
  known += dropped_in(interval).all;
  for (const auto& [settled, kind] : settled_in(interval)) {
    if (kind != Settling::kMissing) known += {size_of(settled), 0, settled.check};
  }
  return known;
}

bool Ledger::explains_held(const Interval& interval) {
  Sum known = pending_in(interval);
  known += dropped_in(interval).all;
  bool is_sum_known = true;
  for (const auto& [settled, kind] : settled_in(interval)) {
    if (kind == Settling::kMissing) {
      known += {size_of(shared(settled, interval)), 0, 0};
      is_sum_known = false;
      continue;
    }
    if (!is_inside(settled, interval)) return is_inside(interval, settled);
    known += {size_of(settled), 0, settled.check};
  }
  return known.chunks == size_of(interval) && (known.check == interval.check || !is_sum_known);
}

bool Ledger::explains_resolved(const Interval& interval) {
  const Dropped dropped = dropped_in(interval);
  std::uint64_t keys = dropped.all.chunks - dropped.undeclared.chunks;
  for (const auto& [settled, kind] : settled_in(interval)) {
    keys += size_of(shared(settled, interval));
  }
  return keys == size_of(interval) && interval.check == 0;
}

bool Ledger::has_more_than(const Ack& ack) {
  const std::uint64_t last = last_seq();
  // A longer one is not all that the collector has.
  const bool whole_set = std::max(ack.held.size(), ack.resolved.size()) < kAckIntervalsMax;
  if (last == 0 || !whole_set) return false;
  Question all{0, ack.run, ack.stream, 1, last, {}};
  Ack whole = ack;
  whole.answer = Answer{0, last};
  return !settled_among(lost_by({all, whole})).empty();
}

// ---- What becomes of it -------------------------------------------------------------------------

Ledger::Sum Ledger::settle(const Interval& interval, Settling kind, Keep keep,
                           std::uint64_t chunks_max) {
  Sum all;
  const std::uint64_t unknown = interval.check - known_in(interval).check;
  for (Interval part : unsettled_in(interval)) {
    const std::uint64_t room = chunks_max - all.chunks;
    if (room == 0) return all;
    part.last = std::min(part.last, part.first + room - 1);
    const Sum removed = remove(part, kind, keep);
    part.check = removed.check;
    add_settled(part, kind);
    all += removed;
  }
  all.missing += settle_missing(interval, kind, kind == Settling::kHeld ? unknown : 0);
  return all;
}

void Ledger::replace(std::uint64_t seq, std::uint32_t crc, std::uint32_t standing) {
  transaction_.run(
      "UPDATE settled SET check_sum = check_sum - ? + ?"
      " WHERE run = ? AND stream = ? AND first <= ?5 AND last >= ?5",
      {crc, standing, run_, stream_, to_signed(seq)});
}

Ledger::Sum Ledger::remove(const Interval& interval, Settling kind, Keep keep) {
  const Sum pending = pending_in(interval);
  const auto [dropped, undeclared] = dropped_in(interval);
  const bool held = kind == Settling::kHeld;
  const bool keeps = held && keep == Keep::kYes;
  if (keeps) {
    take_from_lanes(interval);
  } else {
    transaction_.run("DELETE FROM chunk WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?",
                     {run_, stream_, to_signed(interval.first), to_signed(interval.last)});
  }
  remove_tombstones(transaction_, known_run_, of_, interval);
  // A chunk that was on its way when it was dropped has been delivered after all. One that is
  // stored, on a disk that was rolled back, has been dropped all the same.
  const std::uint64_t delivered = held ? pending.readings + dropped.readings : 0;
  const std::uint64_t lost = held ? 0 : pending.readings + dropped.readings;
  transaction_.run(
      "UPDATE stream SET pending_chunks = pending_chunks - ?, pending = pending - ?,"
      " delivered = delivered + ?, dropped = dropped - ? + ?, dropped_chunks = dropped_chunks - ?,"
      " undeclared_chunks = undeclared_chunks - ?, undeclared = undeclared - ?,"
      " kept_chunks = kept_chunks + ?, kept = kept + ? WHERE run = ? AND stream = ?",
      {to_signed(pending.chunks), to_signed(pending.readings), to_signed(delivered),
       to_signed(dropped.readings), to_signed(lost), to_signed(dropped.chunks),
       to_signed(undeclared.chunks), to_signed(undeclared.readings),
       to_signed(keeps ? pending.chunks : 0), to_signed(keeps ? pending.readings : 0), run_,
       stream_});
  Sum all = pending;
  all += dropped;
  return all;
}

void Ledger::take_from_lanes(const Interval& interval) {
  const LanesOfStream lanes = lanes_of(of_);
  transaction_.run(
      "DELETE FROM pending WHERE lane IN (?, ?) AND position IN"
      " (SELECT position FROM chunk WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?)",
      {lanes.own, lanes.promoted, run_, stream_, to_signed(interval.first),
       to_signed(interval.last)});
}

void Ledger::put_into_lanes(const Interval& interval) {
  transaction_.run(
      "INSERT INTO pending SELECT coalesce(promoted, ?), position, length(bytes) FROM chunk"
      " WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?",
      {lanes_of(of_).own, run_, stream_, to_signed(interval.first), to_signed(interval.last)});
}

void Ledger::add_settled(Interval interval, Settling kind) {
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
                    to_signed(interval.check), static_cast<std::int64_t>(kind)});
}

// What no gap record tells of yet has to be told of, whatever the collector has.
std::uint64_t Ledger::settle_missing(const Interval& interval, Settling kind, std::uint64_t check) {
  const std::vector<Interval> found = take_declared(transaction_, known_run_, of_, interval);
  for (Interval keys : found) {
    keys.check = std::exchange(check, 0);
    add_settled(keys, kind);
  }
  return found.size();
}

void Ledger::adopt(const Interval& interval) {
  transaction_.run(
      "UPDATE settled SET check_sum = ? WHERE run = ? AND stream = ? AND first = ? AND last = ?"
      " AND resolved = 0 AND check_sum <> ?1",
      {to_signed(interval.check), run_, stream_, to_signed(interval.first),
       to_signed(interval.last)});
}

// ---- What the collector has lost ----------------------------------------------------------------

std::vector<std::uint64_t> Ledger::kept_in(const Interval& interval, std::uint64_t chunks_max) {
  std::vector<std::uint64_t> seqs;
  transaction_.for_each(
      "SELECT seq FROM chunk WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?"
      " ORDER BY seq LIMIT ?",
      {run_, stream_, to_signed(interval.first), to_signed(interval.last), to_signed(chunks_max)},
      [&](const Row& row) {
        seqs.push_back(to_unsigned(row.integer(0)));
        return true;
      });
  return seqs;
}

void Ledger::unsettle(const Interval& interval) {
  for (const auto& [whole, kind] : settled_in(interval)) {
    if (kind == Settling::kMissing) continue;
    transaction_.run("DELETE FROM settled WHERE run = ? AND stream = ? AND first = ?",
                     {run_, stream_, to_signed(whole.first)});
    for (Interval side : {Interval{whole.first, interval.first - 1, 0},
                          Interval{interval.last + 1, whole.last, 0}}) {
      if (side.first < whole.first || side.last > whole.last || side.first > side.last) continue;
      side.check = to_unsigned(
          transaction_.integer("SELECT iif(count(*) = ?3 - ?4 + 1, sum(crc), 0) FROM chunk"
                               " WHERE run = ?1 AND stream = ?2 AND seq BETWEEN ?4 AND ?3",
                               {run_, stream_, to_signed(side.last), to_signed(side.first)}));
      transaction_.run(
          "INSERT INTO settled VALUES (?, ?, ?, ?, ?, ?)",
          {run_, stream_, to_signed(side.first), to_signed(side.last),
           to_signed(kind == Settling::kHeld ? side.check : 0), static_cast<std::int64_t>(kind)});
    }
  }
}

Ledger::Lost Ledger::lose(const Interval& interval, std::uint64_t chunks_max) {
  Lost lost;
  Interval part = interval;
  const std::vector<std::uint64_t> kept = kept_in(interval, chunks_max + 1);
  lost.unfinished = chunks_max == 0 || kept.size() > chunks_max;
  if (chunks_max == 0) return lost;
  if (lost.unfinished) part.last = kept.back() - 1;
  unsettle(part);
  std::uint64_t next = part.first;
  const auto miss_until = [&](std::uint64_t end) {
    if (next < end) {
      note_missing(transaction_, known_run_,
                   {known_run_.run, of_, next, end - 1, 0, Instant{}, Instant::max(),
                    GapReason::kCollectorRollback});
      lost.missing_keys += end - next;
    }
    next = end + 1;
  };
  for (const std::uint64_t seq : kept) {
    if (seq > part.last) break;
    miss_until(seq);
    ++lost.returned_chunks;
  }
  miss_until(part.last + 1);
  const std::int64_t readings = to_signed(chunks_in(part).readings);
  put_into_lanes(part);
  transaction_.run(
      "UPDATE stream SET pending_chunks = pending_chunks + ?1, kept_chunks = kept_chunks - ?1,"
      " pending = pending + ?2, delivered = delivered - ?2, kept = kept - ?2"
      " WHERE run = ?3 AND stream = ?4",
      {to_signed(lost.returned_chunks), readings, run_, stream_});
  return lost;
}

std::vector<Interval> Ledger::masked_by(const std::vector<Interval>& resolved) {
  std::vector<Interval> masked;
  for (const Interval& interval : resolved) {
    for (const auto& [settled, kind] : settled_in(interval)) {
      if (kind == Settling::kHeld) masked.push_back(shared(settled, interval));
    }
  }
  return masked;
}

void Ledger::resolve_lost(const Interval& interval) {
  const Sum kept = chunks_in(interval);
  unsettle(interval);
  transaction_.run("DELETE FROM chunk WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?",
                   {run_, stream_, to_signed(interval.first), to_signed(interval.last)});
  transaction_.run(
      "UPDATE stream SET kept_chunks = kept_chunks - ?, kept = kept - ?"
      " WHERE run = ? AND stream = ?",
      {to_signed(kept.chunks), to_signed(kept.readings), run_, stream_});
  add_settled({interval.first, interval.last, 0}, Settling::kResolved);
}

void Ledger::confirm(std::uint64_t first, std::uint64_t last) {
  transaction_.run(
      "UPDATE stream SET confirmed = max(confirmed, ?) WHERE run = ? AND stream = ?"
      " AND confirmed >= ?",
      {to_signed(last), run_, stream_, to_signed(first - 1)});
}

}  // namespace sluice::storage
