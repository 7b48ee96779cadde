#include "hal/chips/ina219.hpp"

namespace sluice::hal::ina219 {

double shunt_volts_of(std::uint16_t shunt) {
  return static_cast<std::int16_t>(shunt) * 10e-6;
}

double bus_volts_of(std::uint16_t bus) {
  return static_cast<double>(bus >> 3U) * 4e-3;
}

bool has_converted(std::uint16_t bus) {
  return (bus & 0x0002U) != 0;
}

}  // namespace sluice::hal::ina219
