#pragma once
// Chunks that wait for the collector, the keys they get, and what is counted of them.

#include <cstddef>
#include <cstdint>
#include <string_view>

#include "core/chunk.hpp"
#include "storage/reader.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

enum class Pin : bool { kNo, kYes };  // kYes: never dropped by the quota

// Readings are counted in the raw stream; other streams hold records about them.
std::uint64_t readings_in(const SealedChunk& chunk);

enum class Asked : bool { kNo, kYes };  // kYes: into the lane of requested readings
// Stores `chunk` under the next key of (run, its stream), which is returned.
std::uint64_t add_chunk(Transaction& transaction, const KnownRun& run, const SealedChunk& chunk,
                        Pin pin, Asked asked = Asked::kNo);

// A whole row, as readers select it. Columns: position, the run's id, stream, seq, channel, count,
// first_ns, last_ns, crc, bytes.
StoredChunk stored_chunk(const Row& row);
// Such rows of a stream behind a position, whatever lanes they are in, oldest first: of each index
// the part that it has, put in order as they are read.
inline constexpr std::string_view kStreamBehind =
    "SELECT position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
    " FROM chunk LEFT JOIN run ON run.id = chunk.run"
    " WHERE stream = ?1 AND position > ?2 AND promoted IS NULL"
    " UNION ALL"
    " SELECT position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
    " FROM chunk LEFT JOIN run ON run.id = chunk.run"
    " WHERE promoted = 0 AND position > ?2 AND stream = ?1"
    " UNION ALL"
    " SELECT position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, bytes"
    " FROM chunk LEFT JOIN run ON run.id = chunk.run"
    " WHERE promoted = 3 AND position > ?2 AND stream = ?1 ORDER BY position";
// Whether it fits its checksum.
bool is_whole(const Chunk& chunk);
// What a chunk costs beside its bytes once it is packaged: 13 bytes where 16 of them share the
// batch's own, 4 to 8 in large batches (script/bench sealing).
inline constexpr std::size_t kChunkOverhead = 16;

// Stores a chunk under the key it has, if that is neither stored nor settled nor missing. False
// when it is.
bool put_chunk(Transaction& transaction, const KnownRun& run, const Chunk& chunk, Pin pin);
// What is known of a stream from elsewhere; nothing is counted twice.
void put_books(Transaction& transaction, const KnownRun& run, Stream stream, std::uint64_t last_seq,
               std::uint64_t delivered, std::uint64_t dropped);

// Readings of the hot tail that were damaged and are declared missing: stored once, and dropped.
void count_lost(Transaction& transaction, const KnownRun& run, std::uint64_t readings);

// The last position given to a chunk.
std::uint64_t last_position(Transaction& transaction);

// Over all runs, without what is in frames, and without bytes.
Totals totals_of_chunks(Transaction& transaction);

}  // namespace sluice::storage
