#pragma once
// A device on SPI through Linux's spidev (Documentation/spi/spidev.rst), in mode 0 with 8 bits. It
// is opened at the first transfer and again after it was gone.

#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include "core/key.hpp"
#include "hal/buses/spi_device.hpp"
#include "hal/file_handle.hpp"
#include "hal/settings.hpp"

namespace sluice::hal {

// Of every driver of a device on SPI.
inline constexpr Key kSpiDeviceKey = {
    .name = "device",
    .type = KeyType::kName,
    .required = true,
    .example = "device = \"spidev0.0\"",
    .low = 1,
    .high = 64,
    .meaning =
        "The device file in `/dev`: `spidev`, the number of the bus, a dot, the chip select."};

class SpiDev final : public SpiDevice {
 public:
  struct Options {
    std::string path;  // "/dev/spidev0.0"
    std::uint32_t clock_hz = 0;
  };
  explicit SpiDev(Options options) : options_(std::move(options)) {}

  Result<> transfer(std::span<const std::uint8_t> out, std::span<std::uint8_t> in) override;

 private:
  Result<> open();
  Error failure(int number);

  const Options options_;
  std::unique_ptr<FileHandle> file_;
};

// For the rows of such drivers; each has kSpiDeviceKey and kDevKey. All chip selects of one
// controller are one bus.
std::string spi_bus_name(const Settings& settings);
std::string spi_address(const Settings& settings);
std::string spi_path(const Settings& settings);

}  // namespace sluice::hal
