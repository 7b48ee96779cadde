#pragma once
// Rejected readings of one channel <-> the bytes of a chunk of stream kRejected. Pure functions,
// any thread.

#include <cstdint>
#include <span>
#include <vector>

#include "chunk/readings.hpp"
#include "core/chunk.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"

namespace sluice::chunk {

// A reading that was not used, and why. What a reason's number means is for those to say who
// reject; here it is kept.
struct Rejected {
  Reading reading;
  std::uint8_t reason = 0;
};

// Most in one chunk: with their reasons, half as many as readings fit into a batch for certain.
inline constexpr std::uint32_t kRejectedMax = kReadingsMax / 2;

// Lossless as encode_readings().
// REQUIRES: 1 <= rejected.size() <= kRejectedMax, all of one channel, in time order.
SealedChunk encode_rejected(std::span<const Rejected> rejected, const ValueHint& hint = {});

// As decode_readings().
Result<std::vector<Rejected>> decode_rejected(const Chunk& chunk);

}  // namespace sluice::chunk
