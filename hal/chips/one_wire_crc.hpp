#pragma once
// The checksum of 1-Wire devices.

#include <cstdint>
#include <span>

namespace sluice::hal {

// CRC-8 of ROM codes and scratchpads: X^8 + X^5 + X^4 + 1, from 0, least significant bit first
// (Maxim application note 27, "Understanding and Using Cyclic Redundancy Checks with Maxim
// 1-Wire and iButton Products"). Of a block with its own CRC behind it, it is 0.
std::uint8_t one_wire_crc(std::span<const std::uint8_t> bytes);

}  // namespace sluice::hal
