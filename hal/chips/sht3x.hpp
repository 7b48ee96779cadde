#pragma once
// What an SHT30, SHT31 or SHT35 says (Sensirion, "Datasheet SHT3x-DIS", version 6). Pure functions.

#include <array>
#include <cstdint>
#include <span>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::hal::sht3x {

// One measurement of high repeatability, without stretching the clock (section 4.3).
inline constexpr std::array<std::uint8_t, 2> kMeasureOnce{0x24, 0x00};
// It takes 15.5 ms at most (section 2.2).
inline constexpr Duration kMeasureTakes = std::chrono::microseconds(15'500);

// CRC-8 of two bytes: X^8 + X^5 + X^4 + 1, from 0xFF, most significant bit first (section 4.12).
std::uint8_t checksum(std::span<const std::uint8_t, 2> word);

struct Values {
  double celsius = 0.0;
  double percent = 0.0;  // relative humidity
};
// Of temperature, its checksum, humidity, its checksum (section 4.4, formulas of section 4.13).
// kCorrupt when a checksum is wrong.
Result<Values> values_of(std::span<const std::uint8_t, 6> answer);

}  // namespace sluice::hal::sht3x
