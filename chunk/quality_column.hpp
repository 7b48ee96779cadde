#pragma once
// The qualities of a chunk, mostly all good.

#include <span>

#include "chunk/bits.hpp"
#include "chunk/exceptions.hpp"
#include "core/reading.hpp"

namespace sluice::chunk {

// Often the values that are no numbers are those that are not good: then their runs serve for both.
void append_qualities(BitWriter& out, std::span<const Quality> qualities,
                      std::span<const Exception> exceptions);
// What makes no sense fails the reader.
void take_qualities(BitReader& in, std::span<Quality> qualities,
                    std::span<const Exception> exceptions);

}  // namespace sluice::chunk
