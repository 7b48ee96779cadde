#pragma once
// What prediction leaves over: folded differences, mostly small. Adaptive Golomb-Rice: the
// parameter of each follows from the mean of those before it, and where nearly all are zero, runs
// of zeros are counted instead.

#include <cstddef>
#include <cstdint>
#include <span>

#include "chunk/bits.hpp"

namespace sluice::chunk {

struct ResidualCode {
  unsigned level = 0;   // where the mean starts: 0 for nearly nothing, else about 4^level / 5
  bool sparse = false;  // zeros are always counted in runs, and the mean is that of the others
};
inline constexpr unsigned kLevelMax = 28;

// The level that is nearest to the mean of the first few.
unsigned level_of(std::span<const std::uint64_t> residuals);

// The code, then the residuals in it. REQUIRES: code.level <= kLevelMax.
void append_residuals(BitWriter& out, std::span<const std::uint64_t> residuals, ResidualCode code);
// How many bits that takes.
std::size_t residual_bits(std::span<const std::uint64_t> residuals, ResidualCode code);
// A code that does not exist fails the reader; the residuals are then unspecified.
void take_residuals(BitReader& in, std::span<std::uint64_t> residuals);

}  // namespace sluice::chunk
