#pragma once
// How an ADS1115 is asked for one conversion and what it says (Texas Instruments, "ADS111x",
// SBAS444E). Pure functions.

#include <cstdint>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::hal::ads1115 {

inline constexpr std::uint8_t kRegisterConversion = 0x00;
inline constexpr std::uint8_t kRegisterConfig = 0x01;
inline constexpr std::uint16_t kReady = 0x8000;  // bit OS, when it is read

// Inputs, in the order of the bits MUX ("Config Register").
enum class Input : std::uint8_t { k0Minus1, k0Minus3, k1Minus3, k2Minus3, k0, k1, k2, k3 };
// In the order of the bits PGA (same table).
enum class FullScale : std::uint8_t { k6144mV, k4096mV, k2048mV, k1024mV, k512mV, k256mV };

// Begins one conversion at 128 samples a second and goes to sleep after it; the comparator is off.
std::uint16_t config_of(Input input, FullScale full_scale);
// Of one conversion at that rate, with 10 % for the chip's oscillator ("Electrical
// Characteristics") and the 25 us that it takes to wake up.
inline constexpr Duration kConversionTakes = std::chrono::microseconds(8'700);

// kCorrupt at the ends of the range, where the value is not known.
Result<double> volts_of(std::uint16_t conversion, FullScale full_scale);

}  // namespace sluice::hal::ads1115
