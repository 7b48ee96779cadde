#pragma once
// What a BME280 says: from its registers to temperature, pressure and humidity. Pure functions.
// Register numbers, bit fields and formulas are of Bosch's datasheet BST-BME280-DS002: "Memory map"
// (section 5.3) and "Compensation formulas" (section 4.2.3 and, in double precision, 8.1).

#include <array>
#include <cstdint>
#include <span>

#include "core/result.hpp"

namespace sluice::hal::bme280 {

inline constexpr std::uint8_t kChipId = 0x60;
inline constexpr std::uint8_t kRegisterId = 0xD0;
inline constexpr std::uint8_t kRegisterCalibration = 0x88;          // 26 bytes, to 0xA1
inline constexpr std::uint8_t kRegisterHumidityCalibration = 0xE1;  // 7 bytes, to 0xE7
inline constexpr std::uint8_t kRegisterControlHumidity = 0xF2;
inline constexpr std::uint8_t kRegisterStatus = 0xF3;
inline constexpr std::uint8_t kRegisterControl = 0xF4;
inline constexpr std::uint8_t kRegisterMeasured = 0xF7;  // 8 bytes, to 0xFE

// One measurement of each quantity, not oversampled, then back to sleep ("forced mode"). The
// control of the humidity is taken over when the other is written.
inline constexpr std::uint8_t kControlHumidityOnce = 0x01;
inline constexpr std::uint8_t kControlOnce = 0x25;
inline constexpr std::uint8_t kStatusMeasuring = 0x08;
inline constexpr std::uint8_t kStatusCopying = 0x01;  // of the calibration, after a reset

struct Calibration {
  std::uint16_t t1 = 0;
  std::int16_t t2 = 0;
  std::int16_t t3 = 0;
  std::uint16_t p1 = 0;
  std::array<std::int16_t, 8> p{};  // dig_P2 to dig_P9
  std::uint8_t h1 = 0;
  std::int16_t h2 = 0;
  std::uint8_t h3 = 0;
  std::int16_t h4 = 0;
  std::int16_t h5 = 0;
  std::int8_t h6 = 0;
};
// kCorrupt when the bytes cannot be a calibration, as from a bus that is stuck.
Result<Calibration> calibration_of(std::span<const std::uint8_t, 26> first,
                                   std::span<const std::uint8_t, 7> second);

struct Raw {
  std::uint32_t pressure = 0;     // 20 bits
  std::uint32_t temperature = 0;  // 20 bits
  std::uint32_t humidity = 0;     // 16 bits
};
// kCorrupt when it holds what the chip says before it has measured.
Result<Raw> raw_of(std::span<const std::uint8_t, 8> measured);

struct Values {
  double celsius = 0.0;
  double pascal = 0.0;
  double percent = 0.0;  // relative humidity
};
Values values_of(const Raw& raw, const Calibration& calibration);

}  // namespace sluice::hal::bme280
