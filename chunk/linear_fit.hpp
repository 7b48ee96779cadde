#pragma once
// Finds the weights of linear prediction for a column: least squares, by Cholesky decomposition of
// the covariance of each integer with those before it. In plain double arithmetic of fixed order,
// without functions of the C library whose last bit differs between machines: every machine finds
// the same weights.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "chunk/predictor.hpp"

namespace sluice::chunk {

// Fewer integers than this do not pay for the weights.
inline constexpr std::size_t kLinearCountMin = 64;

// Nothing when the column is too short, too wide or not predictable.
std::optional<LinearModel> fit_linear(std::span<const std::int64_t> integers);

}  // namespace sluice::chunk
