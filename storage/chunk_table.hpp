#pragma once
// Chunks that wait for the collector or are kept, the keys they get, and what is counted of them.

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
struct Added {
  std::uint64_t seq = 0;
  std::uint64_t position = 0;
};
// Stores `chunk` under the next key of (run, its stream), which is returned.
Added add_chunk(Transaction& transaction, const KnownRun& run, const SealedChunk& chunk, Pin pin,
                Asked asked = Asked::kNo);

// A whole row, as readers select it. Columns: position, the run's id, stream, seq, channel, count,
// first_ns, last_ns, crc, bytes.
StoredChunk stored_chunk(const Row& row);
// Such rows of what is pending behind the position ?3 in the two lanes ?1 and ?2, oldest first: of
// each the part that it has, put in order as they are read. One of which no chunk or no run can be
// found is damaged, and not to be passed over: hence the left joins.
inline constexpr std::string_view kPendingOfStream =
    "SELECT p.position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, c.bytes"
    " FROM pending AS p LEFT JOIN chunk AS c ON c.position = p.position"
    " LEFT JOIN run ON run.id = c.run WHERE p.lane = ?1 AND p.position > ?3"
    " UNION ALL"
    " SELECT p.position, run.run, stream, seq, channel, count, first_ns, last_ns, crc, c.bytes"
    " FROM pending AS p LEFT JOIN chunk AS c ON c.position = p.position"
    " LEFT JOIN run ON run.id = c.run WHERE p.lane = ?2 AND p.position > ?3 ORDER BY 1";
// The lanes that a stream's chunks may be in, as the tables number them: its own, and that of those
// that were promoted, or -1 when there is none.
struct LanesOfStream {
  std::int64_t own = 0;
  std::int64_t promoted = -1;
};
LanesOfStream lanes_of(Stream stream);
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
