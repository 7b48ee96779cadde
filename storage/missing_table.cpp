#include "storage/missing_table.hpp"

#include <algorithm>
#include <optional>

#include "storage/chunk_table.hpp"

namespace sluice::storage {
namespace {

constexpr std::int64_t to_row(Stream stream) {
  return static_cast<std::int64_t>(stream);
}

constexpr std::int64_t kUndeclared = 0;
constexpr std::int64_t kDeclared = 1;

void insert(Transaction& transaction, const KnownRun& run, const Missing& missing,
            std::int64_t declared) {
  transaction.run(
      "INSERT INTO missing (run, stream, first, last, readings, first_ns, last_ns, declared, "
      "reason)"
      " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {run.row, to_row(missing.stream), to_signed(missing.first_seq), to_signed(missing.last_seq),
       to_signed(missing.readings), to_ns(missing.first), to_ns(missing.last), declared,
       static_cast<std::int64_t>(missing.reason)});
}

}  // namespace

void note_missing(Transaction& transaction, const KnownRun& run, const Missing& missing) {
  insert(transaction, run, missing, kUndeclared);
}

void note_settled_unseen(Transaction& transaction, const KnownRun& run, const Missing& missing) {
  insert(transaction, run, missing, kDeclared);
}

std::vector<Missing> undeclared_missing(Transaction& transaction, std::size_t rows_max) {
  std::vector<Missing> undeclared;
  transaction.for_each(
      "SELECT run.run, stream, first, last, readings, first_ns, last_ns, reason"
      " FROM missing JOIN run ON run.id = missing.run WHERE declared = 0"
      " ORDER BY missing.id LIMIT ?",
      {static_cast<std::int64_t>(rows_max)}, [&](const Row& row) {
        undeclared.push_back({run_id_of(row.blob(0)), static_cast<Stream>(row.integer(1)),
                              to_unsigned(row.integer(2)), to_unsigned(row.integer(3)),
                              to_unsigned(row.integer(4)), instant_from_ns(row.integer(5)),
                              instant_from_ns(row.integer(6)),
                              static_cast<GapReason>(row.integer(7))});
        return true;
      });
  return undeclared;
}

std::uint64_t count_undeclared(Transaction& transaction) {
  return to_unsigned(transaction.integer("SELECT count(*) FROM missing WHERE declared = 0"));
}

void mark_declared(Transaction& transaction, const Missing& missing, std::uint64_t record) {
  const std::optional<KnownRun> run = find_run(transaction, missing.run);
  const std::int64_t row = transaction.integer(
      "UPDATE missing SET declared = 1, record = ?6 WHERE id = (SELECT min(id) FROM missing WHERE "
      "run = ?1"
      " AND stream = ?2 AND first = ?3 AND last = ?4 AND readings = ?5 AND declared = 0)"
      " RETURNING id",
      {run ? run->row : 0, to_row(missing.stream), to_signed(missing.first_seq),
       to_signed(missing.last_seq), to_signed(missing.readings), to_signed(record)});
  if (!run || row == 0) {
    transaction.fail({ErrorCode::kInvalid, "what is to be declared is not known to be missing"});
    return;
  }
  if (missing.readings > 0) count_lost(transaction, *run, missing.readings);
}

std::vector<Interval> take_declared(Transaction& transaction, const KnownRun& run, Stream stream,
                                    const Interval& interval) {
  struct Found {
    std::int64_t id = 0;
    Interval keys;
  };
  std::vector<Found> found;
  transaction.for_each(
      "SELECT id, first, last FROM missing WHERE run = ? AND stream = ? AND first BETWEEN 1 AND ?"
      " AND last >= ? AND declared = 1 ORDER BY first",
      {run.row, to_row(stream), to_signed(interval.last), to_signed(interval.first)},
      [&](const Row& row) {
        found.push_back(
            {row.integer(0), {to_unsigned(row.integer(1)), to_unsigned(row.integer(2)), 0}});
        return true;
      });
  std::vector<Interval> taken;
  for (const auto& [id, keys] : found) {
    taken.push_back({std::max(keys.first, interval.first), std::min(keys.last, interval.last), 0});
    // What it has on either side stays.
    for (const Interval& side : {Interval{keys.first, taken.back().first - 1, 0},
                                 Interval{taken.back().last + 1, keys.last, 0}}) {
      if (side.first > side.last) continue;
      transaction.run(
          "INSERT INTO missing (run, stream, first, last, readings, first_ns, last_ns, declared,"
          " reason, record) SELECT run, stream, ?2, ?3, 0, first_ns, last_ns, 1, reason, record"
          " FROM missing WHERE id = ?1",
          {id, to_signed(side.first), to_signed(side.last)});
    }
    transaction.run("DELETE FROM missing WHERE id = ?", {id});
  }
  return taken;
}

std::vector<Interval> missing_in(Transaction& transaction, std::int64_t run, std::int64_t stream,
                                 const Interval& interval) {
  std::vector<Interval> missing;
  transaction.for_each(
      "SELECT first, last FROM missing WHERE run = ? AND stream = ? AND first BETWEEN 1 AND ?"
      " AND last >= ? ORDER BY first",
      {run, stream, to_signed(interval.last), to_signed(interval.first)}, [&](const Row& row) {
        missing.push_back({to_unsigned(row.integer(0)), to_unsigned(row.integer(1)), 0});
        return true;
      });
  return missing;
}

std::vector<Interval> holes_in(Transaction& transaction, const KnownRun& run, Stream stream) {
  std::vector<Interval> holes;
  std::uint64_t next = 1;
  const auto known_until = [&](std::uint64_t first, std::uint64_t last) {
    if (first > next) holes.push_back({next, first - 1, 0});
    next = std::max(next, last + 1);
  };
  transaction.for_each(
      "SELECT seq, seq FROM chunk WHERE run = ?1 AND stream = ?2"
      " UNION ALL SELECT first, last FROM settled WHERE run = ?1 AND stream = ?2"
      " UNION ALL SELECT first, last FROM tombstone WHERE run = ?1 AND stream = ?2"
      " UNION ALL SELECT first, last FROM missing WHERE run = ?1 AND stream = ?2 AND first >= 1"
      " ORDER BY 1",
      {run.row, to_row(stream)}, [&](const Row& row) {
        known_until(to_unsigned(row.integer(0)), to_unsigned(row.integer(1)));
        return true;
      });
  const std::uint64_t last = to_unsigned(transaction.integer(
      "SELECT last_seq FROM stream WHERE run = ? AND stream = ?", {run.row, to_row(stream)}));
  known_until(last + 1, last);
  return holes;
}

}  // namespace sluice::storage
