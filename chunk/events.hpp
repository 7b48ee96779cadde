#pragma once
// Events <-> the bytes of a chunk of stream kEvent. Pure functions, any thread.

#include <cstddef>
#include <span>
#include <vector>

#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/result.hpp"

namespace sluice::chunk {

// Most events in one chunk, and the longest text inside one; bounds what a decoder allocates, and
// the largest chunk still fits into a batch.
inline constexpr std::size_t kEventsMax = 1'024;
inline constexpr std::size_t kEventTextMax = 256;

// Longer texts are cut to kEventTextMax bytes. REQUIRES: 1 <= events.size() <= kEventsMax; of a
// gap, first <= last and keys either both 0 or first_seq <= last_seq; no negative duration.
SealedChunk encode_events(std::span<const Event> events);

// kCorrupt when checksum, structure or any value is off. Takes 2 MB at most.
Result<std::vector<Event>> decode_events(const Chunk& chunk);

}  // namespace sluice::chunk
