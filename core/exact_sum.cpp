#include "core/exact_sum.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "core/check.hpp"

namespace sluice {
namespace {

constexpr unsigned kDigitBits = 32;
constexpr std::uint64_t kDigitMask = 0xFFFF'FFFF;
constexpr unsigned kFractionBits = 52;
constexpr std::uint64_t kFractionMask = (std::uint64_t{1} << kFractionBits) - 1;
constexpr int kUnitExponent = -1074;
// Bits of a 64-bit number that a double has no room for.
constexpr unsigned kSpareBits = 11;

std::uint64_t unsigned_digit(std::int64_t digit) {
  return static_cast<std::uint64_t>(digit);
}

// `top` times 2^exponent, rounded to 53 bits; `sticky` when there is more below. REQUIRES: top has
// its highest bit set, or is 0; what is below 2^-1074 is 0.
double rounded_double(std::uint64_t top, bool sticky, int exponent) {
  std::uint64_t kept = top >> kSpareBits;
  const std::uint64_t rest = top & ((std::uint64_t{1} << kSpareBits) - 1);
  constexpr std::uint64_t kHalf = std::uint64_t{1} << (kSpareBits - 1);
  const bool up = rest > kHalf || (rest == kHalf && (sticky || (kept & 1U) != 0));
  kept += up ? 1 : 0;
  return std::ldexp(static_cast<double>(kept), exponent + static_cast<int>(kSpareBits));
}

}  // namespace

void ExactSum::add(double value) {
  const auto bits = std::bit_cast<std::uint64_t>(value);
  const auto biased = static_cast<unsigned>(bits >> kFractionBits) & 0x7FFU;
  CHECK(biased != 0x7FFU);
  // A number below the smallest normal one has the same unit, and no hidden bit.
  const unsigned position = biased == 0 ? 0 : biased - 1;
  const std::uint64_t mantissa =
      (bits & kFractionMask) | (biased == 0 ? 0 : std::uint64_t{1} << kFractionBits);
  const std::size_t digit = position / kDigitBits;
  const unsigned shift = position % kDigitBits;
  const std::uint64_t above = (mantissa >> 1U) >> (kDigitBits - 1 - shift);
  const auto low = static_cast<std::int64_t>((mantissa << shift) & kDigitMask);
  const auto middle = static_cast<std::int64_t>(above & kDigitMask);
  const auto high = static_cast<std::int64_t>(above >> kDigitBits);
  if ((bits >> 63U) == 0) {
    digits_[digit] += low;
    digits_[digit + 1] += middle;
    digits_[digit + 2] += high;
  } else {
    digits_[digit] -= low;
    digits_[digit + 1] -= middle;
    digits_[digit + 2] -= high;
  }
  if (++additions_ == kAdditionsMax) carry();
}

void ExactSum::add(const ExactSum& other) {
  const std::uint64_t additions = std::uint64_t{additions_} + other.additions_;
  for (std::size_t i = 0; i < kDigits; ++i) digits_[i] += other.digits_[i];
  additions_ = static_cast<std::uint32_t>(std::min<std::uint64_t>(additions, kAdditionsMax));
  if (additions >= kAdditionsMax) carry();
}

void ExactSum::multiply(std::uint32_t factor) {
  CHECK(factor >> 31U == 0);
  carry();
  for (std::int64_t& digit : digits_) digit *= factor;
  carry();
}

void ExactSum::carry() {
  for (std::size_t i = 0; i + 1 < kDigits; ++i) {
    // Shifts of signed numbers round down, as is wanted here.
    digits_[i + 1] += digits_[i] >> kDigitBits;
    digits_[i] = static_cast<std::int64_t>(unsigned_digit(digits_[i]) & kDigitMask);
  }
  // A digit may be as large as one addition makes it.
  additions_ = 1;
}

double ExactSum::rounded() const {
  ExactSum magnitude = *this;
  magnitude.carry();
  const bool negative = magnitude.digits_.back() < 0;
  if (negative) {
    for (std::int64_t& digit : magnitude.digits_) digit = -digit;
    magnitude.carry();
  }
  std::size_t top = kDigits;
  while (top > 0 && magnitude.digits_[top - 1] == 0) --top;
  if (top == 0) return 0.0;
  --top;
  const auto at = [&](std::size_t below) {
    return below > top ? 0 : unsigned_digit(magnitude.digits_[top - below]);
  };
  // The last digit may have more than 32 bits, but not when it is the sum of fewer than 2^31.
  if (at(0) > kDigitMask)
    return negative ? -std::numeric_limits<double>::infinity()
                    : std::numeric_limits<double>::infinity();
  const std::uint64_t high = at(0) << kDigitBits | at(1);
  const auto leading = static_cast<unsigned>(std::countl_zero(high));
  const std::uint64_t next = at(2) << kDigitBits;
  const std::uint64_t bits = leading == 0 ? high : high << leading | next >> (64U - leading);
  bool sticky = (next << leading) != 0;
  for (std::size_t below = 3; below <= top && !sticky; ++below) sticky = at(below) != 0;
  const int exponent = kUnitExponent + static_cast<int>(kDigitBits) * (static_cast<int>(top) - 1) -
                       static_cast<int>(leading);
  const double value = rounded_double(bits, sticky, exponent);
  return negative ? -value : value;
}

ExactSum::Split ExactSum::split() const {
  Split split{rounded(), 0.0};
  if (!std::isfinite(split.high)) return split;
  ExactSum rest = *this;
  rest.add(-split.high);
  split.low = rest.rounded();
  return split;
}

ExactSum::Digits ExactSum::digits() const {
  ExactSum carried = *this;
  carried.carry();
  return carried.digits_;
}

std::optional<ExactSum> ExactSum::from(const Digits& digits) {
  constexpr std::int64_t kLastMax = std::numeric_limits<std::int32_t>::max();
  if (digits.back() > kLastMax || digits.back() < -kLastMax - 1) return std::nullopt;
  for (std::size_t i = 0; i + 1 < kDigits; ++i) {
    if (unsigned_digit(digits[i]) > kDigitMask) return std::nullopt;
  }
  ExactSum sum;
  sum.digits_ = digits;
  sum.additions_ = 1;
  return sum;
}

bool ExactSum::operator==(const ExactSum& other) const {
  ExactSum one = *this;
  ExactSum two = other;
  one.carry();
  two.carry();
  return one.digits_ == two.digits_;
}

}  // namespace sluice
