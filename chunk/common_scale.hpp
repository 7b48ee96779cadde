#pragma once
// The step of a converter whose calibration nobody declared: the number that all values are whole
// multiples of.

#include <optional>
#include <span>

namespace sluice::chunk {

// A scale of which nearly all of `sample` are multiples, to the last bit, once multiplied and
// rounded. Nothing when there is none, or the multiples are not short. REQUIRES: all finite.
std::optional<double> common_scale(std::span<const double> sample);

}  // namespace sluice::chunk
