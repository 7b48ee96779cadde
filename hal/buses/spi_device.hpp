#pragma once
// Seam: a device on an SPI bus, which is a chip select. All transfers of one bus come from its one
// worker thread.

#include <cstddef>
#include <cstdint>
#include <span>

#include "core/result.hpp"

namespace sluice::hal {

class SpiDevice {
 public:
  // Longest transfer, in bytes: more than the chips here need, and what every controller can do.
  static constexpr std::size_t kBytesMax = 64;

  virtual ~SpiDevice() = default;

  // Sends `out` and takes `in` at the same time, while the chip is selected. kNotFound without the
  // device, kRefused when the controller cannot do this, kUnavailable for any other failure.
  // REQUIRES: both of the same length, 1 to kBytesMax.
  virtual Result<> transfer(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) = 0;
};

}  // namespace sluice::hal
