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

// REQUIRES: not empty, all of one channel, in time order.
void append_columns(BitWriter& out, std::span<const Reading> readings, const ValueHint& hint);

// As many as the header says, from its first stamp to its last. When the bits make no sense the
// reader has failed, and the readings are unspecified. REQUIRES: a bounded count of 1 or more.
std::vector<Reading> take_columns(BitReader& in, const ChunkHeader& header);

}  // namespace sluice::chunk
