#pragma once
// A number in the bytes of a CAN frame, placed as in a DBC file. Pure functions.
// Source: Vector, "DBC File Format Documentation", chapter 8: bit n is bit n % 8 of byte n / 8, 0
// the least significant. Of a little-endian (Intel) signal `start` is its least significant bit; of
// a big-endian (Motorola) one its most significant, and the next lower one follows to the right,
// from bit 0 of a byte on in bit 7 of the next.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

namespace sluice::hal::can {

// Bytes of a frame of classic CAN (ISO 11898-1).
inline constexpr std::size_t kBytesMax = 8;

struct Signal {
  std::uint8_t start = 0;
  std::uint8_t length = 8;  // bits, 1 to 64
  bool big_endian = false;
  bool is_signed = false;  // two's complement

  bool operator==(const Signal&) const = default;
};

// Bytes that a frame must have to hold all of it; nothing when none can.
std::optional<std::size_t> bytes_for(const Signal& signal);

// REQUIRES: `bytes` are as many as bytes_for() says, or more.
std::int64_t signed_of(std::span<const std::uint8_t> bytes, const Signal& signal);
std::uint64_t unsigned_of(std::span<const std::uint8_t> bytes, const Signal& signal);
// By `is_signed`; rounded to 53 significant bits.
double value_of(std::span<const std::uint8_t> bytes, const Signal& signal);

}  // namespace sluice::hal::can
