#include "hal/buses/i2c_bus.hpp"

namespace sluice::hal {

Result<std::uint16_t> read_word(I2cBus& bus, std::uint8_t address, std::uint8_t number) {
  const auto bytes = read_registers<2>(bus, address, number);
  if (!bytes) return bytes.error();
  return static_cast<std::uint16_t>(((*bytes)[0] << 8) | (*bytes)[1]);
}

Result<> write_word(I2cBus& bus, std::uint8_t address, std::uint8_t number, std::uint16_t word) {
  const std::array<std::uint8_t, 3> out{number, static_cast<std::uint8_t>(word >> 8),
                                        static_cast<std::uint8_t>(word & 0xFFU)};
  return bus.transfer(address, out, {});
}

Result<> write_byte(I2cBus& bus, std::uint8_t address, std::uint8_t number, std::uint8_t byte) {
  const std::array<std::uint8_t, 2> out{number, byte};
  return bus.transfer(address, out, {});
}

}  // namespace sluice::hal
