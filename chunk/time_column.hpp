#pragma once
// The stamps of a chunk. The first and the last stand in the chunk's header; a channel that is read
// on a grid needs nothing more.

#include <cstdint>
#include <span>

#include "chunk/bits.hpp"

namespace sluice::chunk {

// In nanoseconds. REQUIRES: stamps not empty, never falling.
void append_times(BitWriter& out, std::span<const std::int64_t> stamps);
// Fills in all between the first and the last, which are given. What makes no sense fails the
// reader; the stamps are then unspecified. They may fall.
void take_times(BitReader& in, std::span<std::int64_t> stamps);

}  // namespace sluice::chunk
