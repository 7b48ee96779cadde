#include "chunk/decimal.hpp"

#include <array>
#include <bit>
#include <cmath>

#include "core/check.hpp"

namespace sluice::chunk {
namespace {

constexpr std::array<double, kScaleMax + 1> kPowers = {1e0, 1e1, 1e2, 1e3, 1e4,
                                                       1e5, 1e6, 1e7, 1e8, 1e9};

}  // namespace

std::optional<std::int64_t> to_mantissa(double value, std::uint8_t scale) {
  CHECK(scale <= kScaleMax);
  const double scaled = value * kPowers[scale];
  // Written so that NaN fails.
  if (!(std::fabs(scaled) <= static_cast<double>(kMantissaMax))) return std::nullopt;
  const std::int64_t mantissa = std::llround(scaled);
  const bool exact = std::bit_cast<std::uint64_t>(from_mantissa(mantissa, scale)) ==
                     std::bit_cast<std::uint64_t>(value);
  return exact ? std::optional(mantissa) : std::nullopt;
}

double from_mantissa(std::int64_t mantissa, std::uint8_t scale) {
  CHECK(scale <= kScaleMax && is_mantissa(mantissa));
  return static_cast<double>(mantissa) / kPowers[scale];
}

std::optional<std::uint8_t> decimal_scale(double value, std::uint8_t scale) {
  for (; scale <= kScaleMax; ++scale) {
    if (to_mantissa(value, scale)) return scale;
  }
  return std::nullopt;
}

}  // namespace sluice::chunk
