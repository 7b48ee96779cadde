#pragma once
// Readings of one channel as columns of bits: times, values, qualities. What chunks of readings and
// chunks of rejected readings share.

#include <cstdint>
#include <span>
#include <vector>

#include "chunk/bits.hpp"
#include "chunk/value_form.hpp"
#include "core/chunk.hpp"
#include "core/reading.hpp"

namespace sluice::chunk {

// Most readings in one chunk; bounds what a decoder has to allocate, and a chunk that compresses
// badly still fits into a batch.
inline constexpr std::uint32_t kReadingsMax = 32'768;

// REQUIRES: not empty, all of one channel, in time order.
void append_columns(BitWriter& out, std::span<const Reading> readings, const ValueHint& hint);
// The chunk that they make, with whatever else its bytes hold. REQUIRES: as above.
SealedChunk seal_columns(Stream stream, std::span<const Reading> readings, Bytes bytes);

// What is wrong with a chunk's checksum, stream or count; nullptr when nothing is.
const char* damage_of_header(const Chunk& chunk, Stream stream);
// As many as the header says, from its first stamp to its last. When the bits make no sense the
// reader has failed, and the readings are unspecified. REQUIRES: damage_of_header() is nullptr.
std::vector<Reading> take_columns(BitReader& in, const ChunkHeader& header);

}  // namespace sluice::chunk
