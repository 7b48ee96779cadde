#pragma once
// The code that the residuals of a column are shortest in. The encoder's alone: whatever it
// chooses, the decoder is told.

#include <cstddef>
#include <cstdint>
#include <span>

#include "chunk/residuals.hpp"

namespace sluice::chunk {

// A column this short is quickly tried, and every bit of it counts.
inline constexpr std::size_t kShortColumn = 24;

ResidualCode choose_code(std::span<const std::uint64_t> residuals);

}  // namespace sluice::chunk
