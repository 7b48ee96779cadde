#pragma once
// Driver "ads1115": a voltage at an input of a Texas Instruments ADS1115 on I2C. Bus "i2c:ADAPTER".

#include <cstdint>

#include "hal/buses/i2c_bus.hpp"
#include "hal/chips/ads1115.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kAds1115Driver;

class Ads1115Probe final : public Probe {
 public:
  // `bus` outlives it.
  Ads1115Probe(I2cBus& bus, std::uint8_t address, ads1115::Input input,
               ads1115::FullScale full_scale)
      : bus_(bus), address_(address), input_(input), full_scale_(full_scale) {}

  // V. As I2cBus::transfer(), kTimeout when the conversion does not end, kCorrupt when the voltage
  // is beyond the range, or somebody else uses the chip.
  Result<double> measure(Instant now) override;

 private:
  I2cBus& bus_;
  const std::uint8_t address_;
  const ads1115::Input input_;
  const ads1115::FullScale full_scale_;
};

}  // namespace sluice::hal
