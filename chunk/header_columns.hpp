#pragma once
// The headers of a batch's chunks, as columns of integers: most are what the chunk before lets one
// expect, and then cost next to nothing.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chunk/bits.hpp"
#include "core/chunk.hpp"

namespace sluice::chunk {

// What a batch says of one chunk. Run, stream and checksum are those of the batch.
struct PackedHeader {
  ChunkHeader header;
  std::size_t shared = 0;  // leading bytes that are those of the chunk before it
  std::size_t own = 0;     // bytes that follow them
};

// REQUIRES: !headers.empty(), and the first shares nothing.
void append_headers(BitWriter& out, std::span<const PackedHeader> headers);
// As many as the bits say, `count_max` at most; empty when they make no sense.
std::vector<PackedHeader> take_headers(BitReader& in, std::size_t count_max);

}  // namespace sluice::chunk
