#pragma once
// Driver "mcp3008": a voltage at an input of a Microchip MCP3008 or MCP3004 on SPI. Bus
// "spi:spidevN", shared by all chip selects of the controller.

#include <memory>
#include <utility>

#include "hal/buses/spi_device.hpp"
#include "hal/chips/mcp3008.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kMcp3008Driver;

class Mcp3008Probe final : public Probe {
 public:
  Mcp3008Probe(std::unique_ptr<SpiDevice> chip, mcp3008::Input input, double reference_volts)
      : chip_(std::move(chip)), input_(input), reference_volts_(reference_volts) {}

  // V. As SpiDevice::transfer(), and kCorrupt when no chip answers, or what it says twice differs.
  Result<double> measure(Instant now) override;

 private:
  const std::unique_ptr<SpiDevice> chip_;
  const mcp3008::Input input_;
  const double reference_volts_;
};

}  // namespace sluice::hal
