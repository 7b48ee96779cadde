#pragma once
// What goes when there is no room: least valuable stream first, oldest first, a bounded piece at a
// time.

#include <cstdint>
#include <vector>

#include "core/result.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// Most chunks that go in one transaction.
inline constexpr std::size_t kDropChunksMax = 512;

// Chunks of one run and stream that take `bytes` or a little more, as far as they follow each other
// and kDropChunksMax allows. Nothing when nothing may be dropped.
std::vector<Drop> propose_drops(Transaction& transaction, std::uint64_t bytes);

// Turns the chunks into tombstones. The transaction fails with kInvalid when `drop` is not, or no
// longer, a row of pending chunks that may be dropped.
void apply_drop(Transaction& transaction, const KnownRun& run, const Drop& drop);

}  // namespace sluice::storage
