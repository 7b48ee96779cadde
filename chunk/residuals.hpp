#pragma once
// What prediction leaves over: folded differences, mostly small. Adaptive Golomb-Rice: the
// parameter of each follows from the mean of those before it, and where nearly all are zero, runs
// of zeros are counted instead.

#include <cstddef>
#include <cstdint>
#include <span>

#include "chunk/bits.hpp"

namespace sluice::chunk {

// Where the mean starts: 0 for nearly nothing, else about 4^level / 5.
inline constexpr unsigned kLevelMax = 26;
// The level that is nearest to the mean of the first few.
unsigned level_of(std::span<const std::uint64_t> residuals);

// REQUIRES: level <= kLevelMax.
void append_residuals(BitWriter& out, std::span<const std::uint64_t> residuals, unsigned level);
// How many bits that takes.
std::size_t residual_bits(std::span<const std::uint64_t> residuals, unsigned level);
// REQUIRES: level <= kLevelMax.
void take_residuals(BitReader& in, std::span<std::uint64_t> residuals, unsigned level);

}  // namespace sluice::chunk
