#pragma once
// The values of a chunk, bit for bit. How they are written is chosen anew for each chunk, by size.

#include <cstddef>
#include <span>

#include "chunk/bits.hpp"
#include "chunk/value_form.hpp"

namespace sluice::chunk {

void append_values(BitWriter& out, std::span<const double> values, const ValueHint& hint);
// What makes no sense fails the reader; the values are then unspecified.
void take_values(BitReader& in, std::span<double> values);

}  // namespace sluice::chunk
