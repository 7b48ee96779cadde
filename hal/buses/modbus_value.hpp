#pragma once
// What registers of a Modbus device mean: which of them there are, and the number that some of them
// in a row are. Pure functions. Source: "MODBUS Application Protocol Specification V1.1b3",
// chapters 4.3 and 6.1 to 6.4, which leaves the order of words in longer numbers to the device.

#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice::hal::modbus {

// The four tables of a device, in the order of their function codes.
enum class Table { kCoil, kDiscrete, kHolding, kInput };
constexpr bool is_bits(Table table) {
  return table == Table::kCoil || table == Table::kDiscrete;
}

// Most that one request may ask for (chapters 6.1 and 6.3).
inline constexpr std::uint16_t kBitsMax = 2'000;
inline constexpr std::uint16_t kRegistersMax = 125;
constexpr std::uint16_t most_of(Table table) {
  return is_bits(table) ? kBitsMax : kRegistersMax;
}

// Registers or bits in a row of one unit. Addresses count from 0, as on the wire.
struct Stretch {
  std::uint8_t unit = 1;
  Table table = Table::kHolding;
  std::uint16_t first = 0;
  std::uint16_t count = 1;

  // One more than 65,535 is the end of the last.
  std::uint32_t end() const { return std::uint32_t{first} + count; }
  bool holds(const Stretch& other) const {
    return unit == other.unit && table == other.table && first <= other.first &&
           other.end() <= end();
  }
  auto operator<=>(const Stretch&) const = default;
};

enum class Type { kBit, kUint16, kInt16, kUint32, kInt32, kUint64, kInt64, kFloat32, kFloat64 };
// Registers that a number takes; a bit, one or one of a table of bits.
std::uint16_t registers_of(Type type);

struct Format {
  Type type = Type::kUint16;
  bool low_word_first = false;  // the least significant register stands at the lowest address
  bool low_byte_first = false;  // within each register, against the specification
  std::uint8_t bit = 0;         // which of a register, 0 the least significant; kBit only
};

// The number; those of 64 bits are rounded to 53 significant ones. Not a number is handed on.
// REQUIRES: as many words as the type takes; a word of a table of bits is 0 or 1.
double value_of(std::span<const std::uint16_t> words, const Format& format);

}  // namespace sluice::hal::modbus
