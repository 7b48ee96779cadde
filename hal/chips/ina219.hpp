#pragma once
// What an INA219 says (Texas Instruments, "INA219", SBOS448G). Pure functions. Current and power
// are calculated here from the two voltages that it measures, as its own registers do
// (section 8.5), so that nothing has to be written to it and a chip that was reset says nothing
// else.

#include <cstdint>

#include "core/result.hpp"

namespace sluice::hal::ina219 {

inline constexpr std::uint8_t kRegisterConfig = 0x00;
inline constexpr std::uint8_t kRegisterShunt = 0x01;
inline constexpr std::uint8_t kRegisterBus = 0x02;

// 32 V, 320 mV, 12 bits, both converted all the time: as after power-up (section 8.6.2.1).
inline constexpr std::uint16_t kConfigDefault = 0x399F;

// 10 uV a count (section 8.6.3.1).
double shunt_volts_of(std::uint16_t shunt);
// 4 mV a count in the upper 13 bits (section 8.6.3.2).
double bus_volts_of(std::uint16_t bus);
// Whether a conversion has been finished since it was powered (bit CNVR, same section).
bool has_converted(std::uint16_t bus);

}  // namespace sluice::hal::ina219
