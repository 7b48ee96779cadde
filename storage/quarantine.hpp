#pragma once
// Chunks that do not fit their checksums any more: out of the way of the others, their keys missing
// from then on, and the newest of them kept for people to look at.

#include <cstddef>
#include <cstdint>

#include "core/chunk.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {

// Rows of the table `quarantine`.
inline constexpr std::size_t kQuarantineMax = 16;

// Looks at the next pending chunks of `stream` behind the position `after`, a bounded number, and
// puts the damaged ones into quarantine. Returns how many those were.
std::uint64_t quarantine_damaged(Transaction& transaction, Stream stream, std::uint64_t after);

}  // namespace sluice::storage
