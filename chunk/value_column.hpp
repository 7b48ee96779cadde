#pragma once
// The values of a chunk, bit for bit. How they are written is chosen anew for each chunk, by size.

#include <cstddef>
#include <span>

#include "chunk/bits.hpp"
#include "chunk/value_model.hpp"

namespace sluice::chunk {

// All but the exceptions, which the reader has to know already.
void append_values(BitWriter& out, const Mapped& mapped);
// What makes no sense fails the reader; the values are then unspecified.
void take_values(BitReader& in, std::span<double> values, std::span<const Exception> exceptions);

}  // namespace sluice::chunk
