#pragma once
// Puts the raw chunks of a span of time into the lane of readings that were asked for, piece by
// piece.

#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// What a piece writes: its chunks are written anew, and it has one at least.
inline constexpr std::size_t kPromotedChunksMax = 64;
inline constexpr std::size_t kPromotedBytesMax = 96 * 1024;

// The next piece. The runs of the boot are gone through in the order in which they began, slot of
// chunk_by_time by slot; one that could not be finished is gone through again.
void promote(Transaction& transaction, Promotion& promotion);

}  // namespace sluice::storage
