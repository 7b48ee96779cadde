#include "storage/tombstone_table.hpp"

#include <algorithm>
#include <iterator>
#include <span>
#include <utility>

#include "core/check.hpp"

namespace sluice::storage {
namespace {

constexpr std::int64_t to_row(Stream stream) {
  return static_cast<std::int64_t>(stream);
}

void append(Bytes& bytes, std::uint32_t number) {
  for (int shift = 0; shift < 32; shift += 8) {
    bytes.push_back(static_cast<std::byte>(number >> shift & 0xFF));
  }
}

std::uint32_t number_at(std::span<const std::byte> bytes) {
  std::uint32_t number = 0;
  for (std::size_t i = 4; i-- > 0;) number = number << 8 | std::to_integer<std::uint32_t>(bytes[i]);
  return number;
}

Bytes packed(std::span<const Tombstone> members) {
  Bytes bytes;
  bytes.reserve(members.size() * kTombstoneBytes);
  for (const Tombstone& member : members) {
    append(bytes, member.crc);
    append(bytes, member.readings);
  }
  return bytes;
}

std::vector<Tombstone> unpacked(std::span<const std::byte> bytes) {
  std::vector<Tombstone> members;
  members.reserve(bytes.size() / kTombstoneBytes);
  for (; bytes.size() >= kTombstoneBytes; bytes = bytes.subspan(kTombstoneBytes)) {
    members.push_back({number_at(bytes), number_at(bytes.subspan(4))});
  }
  return members;
}

// Those that share a key with `interval`, whole.
std::vector<TombstoneRow> rows_at(Transaction& transaction, const KnownRun& run, Stream stream,
                                  const Interval& interval) {
  // None is longer than kTombstonesPerRow: the index leads to the first one that may reach in.
  const std::uint64_t low =
      interval.first - std::min<std::uint64_t>(interval.first, kTombstonesPerRow - 1);
  std::vector<TombstoneRow> rows;
  transaction.for_each(
      "SELECT first, members, reason, declared, first_ns, last_ns, record FROM tombstone"
      " WHERE run = ? AND stream = ? AND first BETWEEN ? AND ? AND last >= ? ORDER BY first",
      {run.row, to_row(stream), to_signed(low), to_signed(interval.last),
       to_signed(interval.first)},
      [&](const Row& row) {
        rows.push_back({to_unsigned(row.integer(0)), unpacked(row.blob(1)),
                        static_cast<GapReason>(row.integer(2)), row.integer(3) != 0,
                        instant_from_ns(row.integer(4)), instant_from_ns(row.integer(5)),
                        to_unsigned(row.integer(6))});
        return true;
      });
  return rows;
}

// REQUIRES: they share a key.
TombstoneRow cut_to(TombstoneRow row, const Interval& interval) {
  const std::uint64_t first = std::max(row.first, interval.first);
  const std::uint64_t last = std::min(row.last(), interval.last);
  CHECK(first <= last);
  const auto begin = row.members.begin() + static_cast<std::ptrdiff_t>(first - row.first);
  row.members = {begin, begin + static_cast<std::ptrdiff_t>(last - first + 1)};
  row.first = first;
  return row;
}

void insert(Transaction& transaction, const KnownRun& run, Stream stream, const TombstoneRow& row) {
  transaction.run(
      "INSERT INTO tombstone (run, stream, first, last, reason, declared, first_ns, last_ns,"
      " members, record) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, nullif(?, 0))",
      {run.row, to_row(stream), to_signed(row.first), to_signed(row.last()),
       static_cast<std::int64_t>(row.reason), row.declared, to_ns(row.first_stamp),
       to_ns(row.last_stamp), packed(row.members), to_signed(row.record)});
}

void erase(Transaction& transaction, const KnownRun& run, Stream stream, const TombstoneRow& row) {
  transaction.run("DELETE FROM tombstone WHERE run = ? AND stream = ? AND first = ?",
                  {run.row, to_row(stream), to_signed(row.first)});
}

bool may_join(const TombstoneRow& row, const TombstoneRow& next) {
  return row.last() + 1 == next.first && row.reason == next.reason &&
         row.declared == next.declared && row.record == next.record &&
         row.members.size() + next.members.size() <= kTombstonesPerRow;
}

// REQUIRES: may_join().
void join(TombstoneRow& row, const TombstoneRow& next) {
  row.members.insert(row.members.end(), next.members.begin(), next.members.end());
  row.first_stamp = std::min(row.first_stamp, next.first_stamp);
  row.last_stamp = std::max(row.last_stamp, next.last_stamp);
}

}  // namespace

std::uint64_t readings_in(std::span<const Tombstone> members) {
  std::uint64_t readings = 0;
  for (const Tombstone& member : members) readings += member.readings;
  return readings;
}

std::vector<TombstoneRow> tombstones_in(Transaction& transaction, const KnownRun& run,
                                        Stream stream, const Interval& interval) {
  std::vector<TombstoneRow> rows = rows_at(transaction, run, stream, interval);
  for (TombstoneRow& row : rows) row = cut_to(std::move(row), interval);
  return rows;
}

void add_tombstones(Transaction& transaction, const KnownRun& run, Stream stream,
                    TombstoneRow row) {
  CHECK(!row.members.empty() && row.members.size() <= kTombstonesPerRow);
  for (TombstoneRow& neighbour :
       rows_at(transaction, run, stream, {row.first - 1, row.last() + 1, 0})) {
    if (may_join(neighbour, row)) {
      erase(transaction, run, stream, neighbour);
      join(neighbour, row);
      row = std::move(neighbour);
    } else if (may_join(row, neighbour)) {
      erase(transaction, run, stream, neighbour);
      join(row, neighbour);
    }
  }
  insert(transaction, run, stream, row);
}

void remove_tombstones(Transaction& transaction, const KnownRun& run, Stream stream,
                       const Interval& interval) {
  for (const TombstoneRow& row : rows_at(transaction, run, stream, interval)) {
    erase(transaction, run, stream, row);
    if (row.first < interval.first) {
      insert(transaction, run, stream, cut_to(row, {row.first, interval.first - 1, 0}));
    }
    if (row.last() > interval.last) {
      insert(transaction, run, stream, cut_to(row, {interval.last + 1, row.last(), 0}));
    }
  }
}

std::vector<Drop> undeclared_drops(Transaction& transaction, std::size_t rows_max) {
  std::vector<Drop> drops;
  transaction.for_each(
      "SELECT run.run, stream, first, last, reason, first_ns, last_ns, members FROM tombstone"
      " JOIN run ON run.id = tombstone.run WHERE declared = 0"
      " ORDER BY tombstone.run, stream, first LIMIT ?",
      {static_cast<std::int64_t>(rows_max)}, [&](const Row& row) {
        Drop drop{run_id_of(row.blob(0)),
                  static_cast<Stream>(row.integer(1)),
                  to_unsigned(row.integer(2)),
                  to_unsigned(row.integer(3)),
                  0,
                  instant_from_ns(row.integer(5)),
                  instant_from_ns(row.integer(6)),
                  static_cast<GapReason>(row.integer(4))};
        drop.readings = readings_in(unpacked(row.blob(7)));
        const bool joins =
            !drops.empty() && drops.back().run == drop.run && drops.back().stream == drop.stream &&
            drops.back().reason == drop.reason && drops.back().last_seq + 1 == drop.first_seq;
        if (!joins) {
          drops.push_back(drop);
          return true;
        }
        drops.back().last_seq = drop.last_seq;
        drops.back().readings += drop.readings;
        drops.back().first = std::min(drops.back().first, drop.first);
        drops.back().last = std::max(drops.back().last, drop.last);
        return true;
      });
  return drops;
}

void mark_declared(Transaction& transaction, const KnownRun& run, const Drop& drop,
                   std::uint64_t record) {
  const Interval keys{drop.first_seq, drop.last_seq, 0};
  std::uint64_t undeclared = 0;
  std::uint64_t readings = 0;
  for (TombstoneRow& row : tombstones_in(transaction, run, drop.stream, keys)) {
    if (row.declared) continue;
    undeclared += row.members.size();
    readings += readings_in(row.members);
    remove_tombstones(transaction, run, drop.stream, {row.first, row.last(), 0});
    row.declared = true;
    row.record = record;
    add_tombstones(transaction, run, drop.stream, std::move(row));
  }
  if (undeclared != drop.last_seq - drop.first_seq + 1) {
    transaction.fail({ErrorCode::kInvalid, "what is to be declared missing is not, or is already"});
  }
  transaction.run(
      "UPDATE stream SET undeclared_chunks = undeclared_chunks - ?, undeclared = undeclared - ?"
      " WHERE run = ? AND stream = ?",
      {to_signed(undeclared), to_signed(readings), run.row, to_row(drop.stream)});
}

}  // namespace sluice::storage
