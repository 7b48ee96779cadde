#pragma once
// Arithmetic on 64-bit integers that wraps around: any two numbers have a difference, and the sum
// gives them back, so no input, however odd, is undefined. And folding, which keeps small numbers
// of either sign small: 0, -1, 1, -2 become 0, 1, 2, 3.

#include <bit>
#include <cstdint>

namespace sluice::chunk {

constexpr std::uint64_t fold(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unfold(std::uint64_t folded) {
  return static_cast<std::int64_t>((folded >> 1) ^ (0 - (folded & 1)));
}

constexpr std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrapping_difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrapping_product(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
}

// Length of a number in bits, 0 for 0, for numbers below 2^63. Unlike std::bit_width() without a
// branch on zero, which among residuals no processor can foresee.
constexpr unsigned length_of(std::uint64_t value) {
  return 63U - static_cast<unsigned>(std::countl_zero((value << 1) | 1));
}

}  // namespace sluice::chunk
