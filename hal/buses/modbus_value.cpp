#include "hal/buses/modbus_value.hpp"

#include <bit>

#include "core/check.hpp"

namespace sluice::hal::modbus {
namespace {

// The words as one number, the most significant first.
std::uint64_t joined(std::span<const std::uint16_t> words, const Format& format) {
  std::uint64_t all = 0;
  for (std::size_t i = 0; i < words.size(); ++i) {
    std::uint16_t word = words[format.low_word_first ? words.size() - 1 - i : i];
    if (format.low_byte_first) word = static_cast<std::uint16_t>((word << 8) | (word >> 8));
    all = (all << 16) | word;
  }
  return all;
}

}  // namespace

std::uint16_t registers_of(Type type) {
  switch (type) {
    case Type::kBit:
    case Type::kUint16:
    case Type::kInt16:
      return 1;
    case Type::kUint32:
    case Type::kInt32:
    case Type::kFloat32:
      return 2;
    case Type::kUint64:
    case Type::kInt64:
    case Type::kFloat64:
      return 4;
  }
  CHECK(false);
}

double value_of(std::span<const std::uint16_t> words, const Format& format) {
  CHECK(words.size() == registers_of(format.type));
  const std::uint64_t all = joined(words, format);
  switch (format.type) {
    case Type::kBit:
      return static_cast<double>((all >> format.bit) & 1U);
    case Type::kUint16:
    case Type::kUint32:
    case Type::kUint64:
      return static_cast<double>(all);
    case Type::kInt16:
      return static_cast<std::int16_t>(all);
    case Type::kInt32:
      return static_cast<std::int32_t>(all);
    case Type::kInt64:
      return static_cast<double>(static_cast<std::int64_t>(all));
    case Type::kFloat32:
      return static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(all)));
    case Type::kFloat64:
      return std::bit_cast<double>(all);
  }
  CHECK(false);
}

}  // namespace sluice::hal::modbus
