#pragma once
// Integers in as many bytes as they need: seven bits a byte, lowest first, the top bit set on all
// but the last byte (LEB128). Signed numbers are folded first, so that small ones of either sign
// stay short: 0, -1, 1, -2 become 0, 1, 2, 3.

#include <cstddef>
#include <cstdint>
#include <optional>

#include "chunk/source.hpp"
#include "core/chunk.hpp"

namespace sluice::chunk {

inline constexpr std::size_t kVarintBytesMax = 10;

constexpr std::uint64_t fold(std::int64_t value) {
  return (static_cast<std::uint64_t>(value) << 1) ^ static_cast<std::uint64_t>(value >> 63);
}
constexpr std::int64_t unfold(std::uint64_t folded) {
  return static_cast<std::int64_t>((folded >> 1) ^ (0 - (folded & 1)));
}

// Difference and sum that wrap around: any two numbers have one, and the sum gives them back.
constexpr std::int64_t wrapping_difference(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
}
constexpr std::int64_t wrapping_sum(std::int64_t a, std::int64_t b) {
  return static_cast<std::int64_t>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
}

void append_varint(Bytes& out, std::uint64_t value);
// Nothing when the bytes end inside it, when it is beyond 64 bits, or longer than it need be: every
// number has one encoding.
std::optional<std::uint64_t> take_varint(Source& source);

}  // namespace sluice::chunk
