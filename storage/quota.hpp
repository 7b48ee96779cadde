#pragma once
// What goes when there is no room: raw readings that a rollup covers, then the least valuable
// stream first; the oldest first, a bounded piece at a time.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"
#include "storage/thinning.hpp"

namespace sluice::storage {

// Most chunks that go in one transaction.
inline constexpr std::size_t kDropChunksMax = 512;

// What a chunk takes beside its bytes, in the table and its indices.
inline constexpr std::uint64_t kDroppedRowBytes = 80;

// Chunks of one run and stream that take `bytes` or a little more, as far as kDropChunksMax allows.
// Nothing when nothing may be dropped, or rollups have to be looked through first.
std::vector<Drop> propose_drops(Transaction& transaction, Thinning& thinning, std::uint64_t bytes);

// The transaction fails with kInvalid when no such run is known.
std::optional<KnownRun> known_run_of(Transaction& transaction, const Drop& drop);

// Turns the chunks into tombstones. The transaction fails with kInvalid when `drop` is not, or no
// longer, a row of pending chunks that may be dropped.
void apply_drop(Transaction& transaction, const KnownRun& run, const Drop& drop);

}  // namespace sluice::storage
