#pragma once
// Sensor values are mostly decimals: 21.53 is 2153 * 10^-2, and 2153 is a short integer. A double
// counts as the decimal `mantissa / 10^scale` only if that quotient gives back its very bits, so
// -0.0, NaN and the infinities never do.

#include <cstdint>
#include <optional>

namespace sluice::chunk {

// Up to here 10^scale and every mantissa are exact doubles, and the quotient of two exact doubles
// is rounded once: the same bits on every machine.
inline constexpr std::uint8_t kScaleMax = 9;
inline constexpr std::int64_t kMantissaMax = std::int64_t{1} << 53;

// Nothing when `value` is no decimal of this scale. REQUIRES: scale <= kScaleMax.
std::optional<std::int64_t> to_mantissa(double value, std::uint8_t scale);
// REQUIRES: scale <= kScaleMax, |mantissa| <= kMantissaMax.
double from_mantissa(std::int64_t mantissa, std::uint8_t scale);

constexpr bool is_mantissa(std::int64_t number) {
  return number >= -kMantissaMax && number <= kMantissaMax;
}

// The smallest scale not below `scale` at which `value` is a decimal; nothing when there is none.
std::optional<std::uint8_t> decimal_scale(double value, std::uint8_t scale = 0);

}  // namespace sluice::chunk
