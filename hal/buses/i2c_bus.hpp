#pragma once
// Seam: an I2C adapter. All transfers of one come from its one worker thread.

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::hal {

class I2cBus {
 public:
  // Longest part of one transfer, in bytes: what an SMBus block can carry, so that every adapter
  // can do it.
  static constexpr std::size_t kBytesMax = 32;

  virtual ~I2cBus() = default;

  // Writes `out` to the device, if there is any, then reads `in` from it, if there is any, with a
  // repeated start between. kUnavailable when the device does not acknowledge, or a driver of the
  // kernel has it; kTimeout when the bus is stuck; kNotFound without the adapter; kRefused when the
  // adapter cannot do this. REQUIRES: address < 0x78, one of both not empty, each at most
  // kBytesMax.
  virtual Result<> transfer(std::uint8_t address, std::span<const std::uint8_t> out,
                            std::span<std::uint8_t> in) = 0;
  // Lets a device work for a while.
  virtual void wait(Duration duration) = 0;
};

// Bytes `begin`, `begin + 1` ... of a device whose registers are counted on by themselves.
template <std::size_t kCount>
Result<std::array<std::uint8_t, kCount>> read_registers(I2cBus& bus, std::uint8_t address,
                                                        std::uint8_t begin) {
  std::array<std::uint8_t, kCount> bytes{};
  const std::array<std::uint8_t, 1> out{begin};
  if (const Result<> done = bus.transfer(address, out, bytes); !done) return done.error();
  return bytes;
}

// Register of 16 bits, the high byte first.
Result<std::uint16_t> read_word(I2cBus& bus, std::uint8_t address, std::uint8_t number);
Result<> write_word(I2cBus& bus, std::uint8_t address, std::uint8_t number, std::uint16_t word);
Result<> write_byte(I2cBus& bus, std::uint8_t address, std::uint8_t number, std::uint8_t byte);

}  // namespace sluice::hal
