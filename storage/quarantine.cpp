#include "storage/quarantine.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <vector>

#include "storage/chunk_table.hpp"
#include "storage/missing_table.hpp"
#include "storage/run_table.hpp"

namespace sluice::storage {
namespace {

// Looked at in one go: damage comes in spots.
constexpr std::size_t kChunksMax = 64;
constexpr std::size_t kBytesMax = 256 * 1024;

// Of those that are kept nobody keeps a list in this order: the ones right behind the place.
constexpr const char* kKeptBehind =
    "SELECT position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
    " FROM chunk LEFT JOIN run ON run.id = chunk.run WHERE stream = ?1 AND position > ?2"
    " AND position <= ?2 + ?3 AND NOT EXISTS (SELECT 1 FROM pending"
    " WHERE lane BETWEEN 0 AND 5 AND pending.position = chunk.position)";

struct Damaged {
  std::uint64_t position = 0;
  ChunkHeader header;
  bool kept = false;
};

std::vector<Damaged> damaged_behind(Transaction& transaction, Stream stream, std::uint64_t after) {
  std::vector<Damaged> damaged;
  std::size_t chunks = 0;
  std::size_t bytes = 0;
  bool kept = false;
  const auto look = [&](const Row& row) {
    const StoredChunk stored = stored_chunk(row);
    if (!is_whole(stored.chunk)) damaged.push_back({stored.position, stored.chunk.header, kept});
    bytes += stored.chunk.bytes.size();
    return ++chunks < kChunksMax && bytes < kBytesMax;
  };
  const LanesOfStream lanes = lanes_of(stream);
  transaction.for_each(kPendingOfStream, {lanes.own, lanes.promoted, to_signed(after)}, look);
  kept = true;
  chunks = 0;
  transaction.for_each(
      kKeptBehind,
      {static_cast<std::int64_t>(stream), to_signed(after), static_cast<std::int64_t>(kChunksMax)},
      look);
  return damaged;
}

void keep(Transaction& transaction, const Damaged& damaged) {
  transaction.run(
      "INSERT INTO quarantine (run, stream, seq, channel, count, first_ns, last_ns, crc, bytes)"
      " SELECT run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
      " FROM chunk JOIN run ON run.id = chunk.run WHERE position = ?",
      {to_signed(damaged.position)});
}

// What its header says is believed as far as it can be: no better witness is left.
void take_out(Transaction& transaction, const Damaged& damaged) {
  const ChunkHeader& header = damaged.header;
  const std::optional<KnownRun> run = find_run(transaction, header.key.run);
  if (!run) {
    // A row that does not even say whose it is can only be salvaged together with all others.
    transaction.fail({ErrorCode::kCorrupt, "the database is damaged: a chunk is of no known run"});
    return;
  }
  // What a gap record says nobody else knows, when it closes a run.
  transaction.run(
      "UPDATE closed SET due = 1 WHERE (SELECT pinned FROM chunk WHERE position = ?) = 1",
      {to_signed(damaged.position)});
  transaction.run("DELETE FROM chunk WHERE position = ?", {to_signed(damaged.position)});
  const std::int64_t readings = header.key.stream == Stream::kRaw ? header.count : 0;
  if (damaged.kept) {  // the collector has it
    transaction.run(
        "UPDATE stream SET kept_chunks = kept_chunks - 1, kept = max(kept - ?, 0)"
        " WHERE run = ? AND stream = ?",
        {readings, run->row, static_cast<std::int64_t>(header.key.stream)});
    return;
  }
  // Its readings are out of the books until a gap record has declared them lost.
  transaction.run(
      "UPDATE stream SET pending_chunks = pending_chunks - 1, pending = pending - ?1,"
      " stored = stored - ?1 WHERE run = ?2 AND stream = ?3",
      {readings, run->row, static_cast<std::int64_t>(header.key.stream)});
  note_missing(transaction, *run,
               {run->run, header.key.stream, header.key.seq, header.key.seq, to_unsigned(readings),
                std::min(header.first, header.last), std::max(header.first, header.last)});
}

}  // namespace

std::uint64_t quarantine_damaged(Transaction& transaction, Stream stream, std::uint64_t after) {
  // What is in the cache was whole when it was read.
  transaction.run("PRAGMA shrink_memory");
  const std::vector<Damaged> damaged = damaged_behind(transaction, stream, after);
  for (std::size_t i = 0; i < damaged.size(); ++i) {
    if (i + kQuarantineMax >= damaged.size()) keep(transaction, damaged[i]);
    take_out(transaction, damaged[i]);
  }
  transaction.run("DELETE FROM quarantine WHERE id <= (SELECT max(id) FROM quarantine) - ?",
                  {std::int64_t{kQuarantineMax}});
  return damaged.size();
}

}  // namespace sluice::storage
