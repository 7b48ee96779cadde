#pragma once
// Driver "sht3x": temperature or humidity of a Sensirion SHT30, SHT31 or SHT35 on I2C. Bus
// "i2c:ADAPTER".

#include <cstdint>

#include "hal/buses/i2c_bus.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kSht3xDriver;

class Sht3xProbe final : public Probe {
 public:
  enum class Quantity { kTemperature, kHumidity };
  // `bus` outlives it.
  Sht3xProbe(I2cBus& bus, std::uint8_t address, Quantity quantity)
      : bus_(bus), address_(address), quantity_(quantity) {}

  // Cel or %RH. As I2cBus::transfer(), and kCorrupt when a checksum is wrong.
  Result<double> measure(Instant now) override;

 private:
  I2cBus& bus_;
  const std::uint8_t address_;
  const Quantity quantity_;
};

}  // namespace sluice::hal
