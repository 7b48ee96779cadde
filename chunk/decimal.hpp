#pragma once
// Sensor values are mostly decimals: 21.53 is 2153 * 10^-2, and 2153 is a short integer. A double
// counts as the decimal `mantissa / 10^scale` only if that quotient gives back its very bits, so
// -0.0, NaN and the infinities never do.

#include <array>
#include <bit>
#include <cstdint>
#include <optional>

namespace sluice::chunk {

// Up to here 10^scale and every mantissa are exact doubles, and the quotient of two exact doubles
// is rounded once: the same bits on every machine.
inline constexpr unsigned kScaleMax = 15;
inline constexpr std::int64_t kMantissaMax = std::int64_t{1} << 51;

inline constexpr std::array<double, kScaleMax + 1> kPowersOfTen = {
    1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15};

constexpr bool is_mantissa(std::int64_t number) {
  return number >= -kMantissaMax && number <= kMantissaMax;
}
constexpr bool same_bits(double a, double b) {
  return std::bit_cast<std::uint64_t>(a) == std::bit_cast<std::uint64_t>(b);
}

// Integers up to kMantissaMax and doubles into each other without the slow conversions of 32-bit
// ARM, and without the library call for rounding: in this binade, doubles are the integers.
inline constexpr double kIntegerBinade = 6755399441055744.0;  // 1.5 * 2^52
constexpr double to_double(std::int64_t mantissa) {
  const auto zero = std::bit_cast<std::int64_t>(kIntegerBinade);
  return std::bit_cast<double>(zero + mantissa) - kIntegerBinade;
}
// Rounds to nearest; something else, but a mantissa, when `value` is no number that small.
constexpr std::int64_t to_nearest(double value) {
  const bool small =
      value >= -static_cast<double>(kMantissaMax) && value <= static_cast<double>(kMantissaMax);
  const auto zero = std::bit_cast<std::int64_t>(kIntegerBinade);
  return small ? std::bit_cast<std::int64_t>(value + kIntegerBinade) - zero : 0;
}

// Nothing when `value` is no decimal of this scale. REQUIRES: scale <= kScaleMax.
std::optional<std::int64_t> to_mantissa(double value, unsigned scale);
// REQUIRES: scale <= kScaleMax, is_mantissa(mantissa).
double from_mantissa(std::int64_t mantissa, unsigned scale);

// The smallest scale not below `scale` at which `value` is a decimal; nothing when there is none.
std::optional<unsigned> decimal_scale(double value, unsigned scale = 0);

}  // namespace sluice::chunk
