#include "storage/chunk_table.hpp"

#include <limits>
#include <optional>

#include "core/check.hpp"
#include "core/lane.hpp"

namespace sluice::storage {
namespace {

constexpr std::int64_t to_row(Stream stream) {
  return static_cast<std::int64_t>(stream);
}
constexpr std::int64_t to_row(Lane lane) {
  return static_cast<std::int64_t>(lane);
}

// REQUIRES: first <= last.
std::int64_t span_ns(Instant first, Instant last) {
  std::int64_t span = 0;
  const bool beyond = __builtin_sub_overflow(to_ns(last), to_ns(first), &span);
  return beyond ? std::numeric_limits<std::int64_t>::max() : span;
}

std::uint64_t next_seq(Transaction& transaction, const KnownRun& run, const SealedChunk& chunk) {
  return to_unsigned(transaction.integer(
      "INSERT INTO stream (run, stream, last_seq, pending_chunks, stored, pending, span_max_ns)"
      " VALUES (?1, ?2, 1, 1, ?3, ?3, ?4) ON CONFLICT (run, stream) DO UPDATE SET"
      " last_seq = last_seq + 1, pending_chunks = pending_chunks + 1,"
      " stored = stored + ?3, pending = pending + ?3, span_max_ns = max(span_max_ns, ?4)"
      " RETURNING last_seq",
      {run.row, to_row(chunk.stream), to_signed(readings_in(chunk)),
       span_ns(chunk.first, chunk.last)}));
}

// Returns the position.
std::uint64_t insert(Transaction& transaction, const KnownRun& run, const ChunkHeader& header,
                     std::span<const std::byte> bytes, Pin pin, std::optional<Lane> promoted) {
  const std::int64_t position = transaction.integer(
      "INSERT INTO chunk (run, stream, seq, channel, count, first_ns, last_ns, crc, pinned, bytes,"
      " promoted) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) RETURNING position",
      {run.row, to_row(header.key.stream), to_signed(header.key.seq), index_of(header.channel),
       header.count, to_ns(header.first), to_ns(header.last), header.crc, pin == Pin::kYes, bytes,
       promoted ? Value(to_row(*promoted)) : Value(nullptr)});
  if (header.key.stream == Stream::kRaw) note_durable(transaction, run, header.last);
  return to_unsigned(position);
}

}  // namespace

std::uint64_t readings_in(const SealedChunk& chunk) {
  return chunk.stream == Stream::kRaw ? chunk.count : 0;
}

Added add_chunk(Transaction& transaction, const KnownRun& run, const SealedChunk& chunk, Pin pin,
                Asked asked) {
  CHECK(chunk.count >= 1 && chunk.first <= chunk.last);
  ChunkHeader header;
  header.key = {run.run, chunk.stream, next_seq(transaction, run, chunk)};
  header.channel = chunk.channel;
  header.count = chunk.count;
  header.first = chunk.first;
  header.last = chunk.last;
  header.crc = checksum_of(header, chunk.bytes);
  std::optional<Lane> promoted;
  if (asked == Asked::kYes) promoted = Lane::kRequested;
  if (chunk.urgent) promoted = Lane::kAlert;
  return {header.key.seq, insert(transaction, run, header, chunk.bytes, pin, promoted)};
}

bool put_chunk(Transaction& transaction, const KnownRun& run, const Chunk& chunk, Pin pin) {
  const ChunkHeader& header = chunk.header;
  const std::int64_t known = transaction.integer(
      "SELECT EXISTS (SELECT 1 FROM chunk WHERE run = ?1 AND stream = ?2 AND seq = ?3)"
      " + EXISTS (SELECT 1 FROM settled WHERE run = ?1 AND stream = ?2 AND first <= ?3"
      " AND last >= ?3)"
      " + EXISTS (SELECT 1 FROM tombstone WHERE run = ?1 AND stream = ?2 AND first <= ?3"
      " AND last >= ?3)"
      " + EXISTS (SELECT 1 FROM missing WHERE run = ?1 AND stream = ?2 AND first <= ?3"
      " AND last >= ?3)",
      {run.row, to_row(header.key.stream), to_signed(header.key.seq)});
  if (known != 0 || !transaction.ok()) return false;
  const std::int64_t readings = header.key.stream == Stream::kRaw ? header.count : 0;
  transaction.run(
      "INSERT INTO stream (run, stream, last_seq, pending_chunks, stored, pending, span_max_ns)"
      " VALUES (?1, ?2, ?3, 1, ?4, ?4, ?5) ON CONFLICT (run, stream) DO UPDATE SET"
      " last_seq = max(last_seq, ?3), pending_chunks = pending_chunks + 1,"
      " stored = stored + ?4, pending = pending + ?4, span_max_ns = max(span_max_ns, ?5)",
      {run.row, to_row(header.key.stream), to_signed(header.key.seq), readings,
       span_ns(header.first, header.last)});
  // What was promoted before the damage goes with the others of its stream.
  static_cast<void>(insert(transaction, run, header, chunk.bytes, pin, std::nullopt));
  return true;
}

void put_books(Transaction& transaction, const KnownRun& run, Stream stream, std::uint64_t last_seq,
               std::uint64_t delivered, std::uint64_t dropped) {
  transaction.run(
      "INSERT INTO stream (run, stream, last_seq, stored, delivered, dropped)"
      " VALUES (?1, ?2, ?3, ?4 + ?5, ?4, ?5) ON CONFLICT (run, stream) DO UPDATE SET"
      " last_seq = max(last_seq, ?3), stored = stored + iif(delivered + dropped = 0, ?4 + ?5, 0),"
      " delivered = iif(delivered + dropped = 0, ?4, delivered),"
      " dropped = iif(delivered + dropped = 0, ?5, dropped)",
      {run.row, to_row(stream), to_signed(last_seq), to_signed(delivered), to_signed(dropped)});
}

LanesOfStream lanes_of(Stream stream) {
  LanesOfStream lanes;
  for (std::size_t i = 0; i < kStoredLanes; ++i) {
    if (stream_of(kLanes[i]) != stream) continue;
    (is_promoted(kLanes[i]) ? lanes.promoted : lanes.own) = to_row(kLanes[i]);
  }
  return lanes;
}

StoredChunk stored_chunk(const Row& row) {
  StoredChunk stored;
  stored.position = to_unsigned(row.integer(0));
  ChunkHeader& header = stored.chunk.header;
  header.key.run = run_id_of(row.blob(1));
  header.key.stream = static_cast<Stream>(row.integer(2));
  header.key.seq = to_unsigned(row.integer(3));
  header.channel = static_cast<ChannelId>(row.integer(4));
  header.count = static_cast<std::uint32_t>(row.integer(5));
  header.first = instant_from_ns(row.integer(6));
  header.last = instant_from_ns(row.integer(7));
  header.crc = static_cast<std::uint32_t>(row.integer(8));
  const std::span<const std::byte> bytes = row.blob(9);
  stored.chunk.bytes.assign(bytes.begin(), bytes.end());
  return stored;
}

bool is_whole(const Chunk& chunk) {
  return checksum_of(chunk.header, chunk.bytes) == chunk.header.crc;
}

void count_lost(Transaction& transaction, const KnownRun& run, std::uint64_t readings) {
  transaction.run(
      "INSERT INTO stream (run, stream, stored, dropped) VALUES (?1, ?2, ?3, ?3)"
      " ON CONFLICT (run, stream) DO UPDATE SET stored = stored + ?3, dropped = dropped + ?3",
      {run.row, to_row(Stream::kRaw), to_signed(readings)});
}

std::uint64_t last_position(Transaction& transaction) {
  return to_unsigned(transaction.integer("SELECT seq FROM sqlite_sequence WHERE name = 'chunk'"));
}

Totals totals_of_chunks(Transaction& transaction) {
  Totals totals;
  transaction.for_each("SELECT delivered, dropped FROM past", {}, [&](const Row& row) {
    totals.delivered = to_unsigned(row.integer(0));
    totals.dropped = to_unsigned(row.integer(1));
    totals.stored = totals.delivered + totals.dropped;
    return true;
  });
  transaction.for_each(
      "SELECT sum(stored), sum(pending), sum(delivered), sum(dropped), sum(pending_chunks),"
      " sum(undeclared_chunks), sum(undeclared), sum(kept_chunks) FROM stream",
      {}, [&](const Row& row) {  // no rows: nulls, which read as 0
        totals.stored += to_unsigned(row.integer(0));
        totals.pending += to_unsigned(row.integer(1));
        totals.delivered += to_unsigned(row.integer(2));
        totals.dropped += to_unsigned(row.integer(3));
        totals.pending_chunks += to_unsigned(row.integer(4));
        totals.undeclared_chunks += to_unsigned(row.integer(5));
        totals.undeclared += to_unsigned(row.integer(6));
        totals.kept_chunks += to_unsigned(row.integer(7));
        return true;
      });
  totals.kept_bytes = to_unsigned(
      transaction.integer("SELECT max(0, sum(iif(lane = 6, bytes, -bytes))) FROM lane"));
  return totals;
}

}  // namespace sluice::storage
