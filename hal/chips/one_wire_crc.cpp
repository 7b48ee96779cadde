#include "hal/chips/one_wire_crc.hpp"

namespace sluice::hal {

std::uint8_t one_wire_crc(std::span<const std::uint8_t> bytes) {
  constexpr std::uint32_t kPolynomial = 0x8C;  // 0x31, bits reversed
  std::uint32_t crc = 0;
  for (const std::uint8_t byte : bytes) {
    crc ^= byte;
    for (int bit = 0; bit < 8; ++bit) crc = (crc & 1U) != 0 ? (crc >> 1) ^ kPolynomial : crc >> 1;
  }
  return static_cast<std::uint8_t>(crc);
}

}  // namespace sluice::hal
