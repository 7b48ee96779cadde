#include "storage/quota.hpp"

#include <algorithm>
#include <array>

namespace sluice::storage {
namespace {

constexpr std::array kLeastValuableFirst = {Stream::kRaw, Stream::kRejected, Stream::kRollup,
                                            Stream::kEvent};

struct Oldest {
  std::int64_t run = 0;
  std::int64_t seq = 0;
};

Result<std::optional<Oldest>> oldest_of(Connection& connection, Stream stream) {
  std::optional<Oldest> oldest;
  Result<> read = connection.for_each(
      "SELECT run, seq FROM chunk WHERE stream = ? AND dropped = 0 AND pinned = 0"
      " ORDER BY position LIMIT 1",
      {static_cast<std::int64_t>(stream)}, [&](const Row& row) {
        oldest = Oldest{row.integer(0), row.integer(1)};
        return false;
      });
  if (!read.ok()) return read.error();
  return oldest;
}

// The chunks from `oldest` on, as long as their keys follow each other.
Result<std::optional<Drop>> drop_from(Connection& connection, Stream stream, const Oldest& oldest,
                                      std::uint64_t bytes) {
  Drop drop;
  drop.stream = stream;
  drop.first_seq = to_unsigned(oldest.seq);
  drop.last_seq = drop.first_seq - 1;
  drop.first = Instant::max();
  drop.last = Instant::min();
  std::uint64_t freed = 0;
  Result<> read = connection.for_each(
      "SELECT run.run, seq, count, first_ns, last_ns, length(bytes)"
      " FROM chunk JOIN run ON run.id = chunk.run"
      " WHERE chunk.run = ? AND stream = ? AND seq >= ? AND dropped = 0 AND pinned = 0"
      " ORDER BY seq LIMIT ?",
      {oldest.run, static_cast<std::int64_t>(stream), oldest.seq, kDropChunksMax},
      [&](const Row& row) {
        if (to_unsigned(row.integer(1)) != drop.last_seq + 1) return false;
        drop.run = run_id_of(row.blob(0));
        ++drop.last_seq;
        if (stream == Stream::kRaw) drop.readings += to_unsigned(row.integer(2));
        drop.first = std::min(drop.first, instant_from_ns(row.integer(3)));
        drop.last = std::max(drop.last, instant_from_ns(row.integer(4)));
        freed += to_unsigned(row.integer(5));
        return freed < bytes;
      });
  if (!read.ok()) return read.error();
  return std::optional(drop);
}

}  // namespace

Result<std::optional<Drop>> propose_drop(Connection& connection, std::uint64_t bytes) {
  for (const Stream stream : kLeastValuableFirst) {
    const Result<std::optional<Oldest>> oldest = oldest_of(connection, stream);
    if (!oldest.ok()) return oldest.error();
    if (oldest->has_value()) return drop_from(connection, stream, **oldest, bytes);
  }
  return std::optional<Drop>();
}

void apply_drop(Transaction& transaction, const KnownRun& run, const Drop& drop) {
  std::int64_t chunks = 0;
  std::int64_t readings = 0;
  transaction.for_each(
      "SELECT count(*), sum(count) FROM chunk WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?"
      " AND dropped = 0 AND pinned = 0",
      {run.row, static_cast<std::int64_t>(drop.stream), to_signed(drop.first_seq),
       to_signed(drop.last_seq)},
      [&](const Row& row) {
        chunks = row.integer(0);
        readings = drop.stream == Stream::kRaw ? row.integer(1) : 0;
        return true;
      });
  const bool known = drop.first_seq >= 1 && drop.first_seq <= drop.last_seq &&
                     to_unsigned(chunks) == drop.last_seq - drop.first_seq + 1 &&
                     to_unsigned(readings) == drop.readings;
  if (!known) {
    transaction.fail({ErrorCode::kInvalid, "what is to be dropped is not pending any more"});
    return;
  }
  transaction.run(
      "UPDATE chunk SET dropped = 1, bytes = x'' WHERE run = ? AND stream = ?"
      " AND seq BETWEEN ? AND ?",
      {run.row, static_cast<std::int64_t>(drop.stream), to_signed(drop.first_seq),
       to_signed(drop.last_seq)});
  transaction.run(
      "UPDATE stream SET pending_chunks = pending_chunks - ?, pending = pending - ?,"
      " dropped = dropped + ? WHERE run = ? AND stream = ?",
      {chunks, readings, readings, run.row, static_cast<std::int64_t>(drop.stream)});
}

}  // namespace sluice::storage
