#pragma once
// Rollups of one channel <-> the bytes of a chunk of stream kRollup. Pure functions, any thread.
//
// Nothing is rounded, the sums of values and of squares above all: what is decoded merges and
// answers as what was encoded, to the last bit. It costs some 20 bytes a window.

#include <cstdint>
#include <span>
#include <vector>

#include "core/chunk.hpp"
#include "core/result.hpp"
#include "core/rollup.hpp"

namespace sluice::chunk {

// Most windows in one chunk; the largest chunk still fits into a batch.
inline constexpr std::uint32_t kRollupsMax = 512;

// The shortest when windows of one length come together, one after the other. The header's stamps
// are the first begin and the last nanosecond of a window.
// REQUIRES: 1 <= rollups.size() <= kRollupsMax; each has a length and a reading, and its good
// readings lie inside; begin and length of all are less than 2^62 ns apart.
SealedChunk encode_rollups(ChannelId channel, std::span<const Rollup> rollups);

// Checks everything, as decode_readings(), and that the parts of each summary go together: whatever
// is returned can be asked for everything. kCorrupt when anything is off. Takes 2 MB at most.
Result<std::vector<Rollup>> decode_rollups(const Chunk& chunk);

}  // namespace sluice::chunk
