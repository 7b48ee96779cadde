#pragma once
// What goes when there is no room: least valuable stream first, oldest first, a bounded piece at a
// time.

#include <cstdint>
#include <optional>

#include "core/result.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// Chunks whose bytes come to `bytes` or a little more, as far as one run and stream has them in a
// row and kDropChunksMax allows. Nothing when nothing may be dropped.
Result<std::optional<Drop>> propose_drop(Connection& connection, std::uint64_t bytes);

inline constexpr std::int64_t kDropChunksMax = 64;

// Takes the bytes of the chunks away and keeps their keys. The transaction fails with kInvalid when
// `drop` is not, or no longer, a row of pending chunks.
void apply_drop(Transaction& transaction, const KnownRun& run, const Drop& drop);

}  // namespace sluice::storage
