#include "chunk/decimal.hpp"

#include "core/check.hpp"

namespace sluice::chunk {

std::optional<std::int64_t> to_mantissa(double value, unsigned scale) {
  CHECK(scale <= kScaleMax);
  const std::int64_t mantissa = to_nearest(value * kPowersOfTen[scale]);
  return same_bits(from_mantissa(mantissa, scale), value) ? std::optional(mantissa) : std::nullopt;
}

double from_mantissa(std::int64_t mantissa, unsigned scale) {
  CHECK(scale <= kScaleMax && is_mantissa(mantissa));
  return to_double(mantissa) / kPowersOfTen[scale];
}

std::optional<unsigned> decimal_scale(double value, unsigned scale) {
  for (; scale <= kScaleMax; ++scale) {
    if (to_mantissa(value, scale)) return scale;
  }
  return std::nullopt;
}

}  // namespace sluice::chunk
