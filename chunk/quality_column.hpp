#pragma once
// The qualities of a chunk, mostly all good.

#include <span>

#include "chunk/bits.hpp"
#include "core/reading.hpp"

namespace sluice::chunk {

void append_qualities(BitWriter& out, std::span<const Quality> qualities);
// What makes no sense fails the reader.
void take_qualities(BitReader& in, std::span<Quality> qualities);

}  // namespace sluice::chunk
