#pragma once
// Driver "ina219": voltage, current or power at a Texas Instruments INA219 on I2C. Bus
// "i2c:ADAPTER".

#include <cstdint>

#include "hal/buses/i2c_bus.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kIna219Driver;

class Ina219Probe final : public Probe {
 public:
  enum class Quantity { kVoltage, kCurrent, kPower };
  // `bus` outlives it. REQUIRES: shunt_ohms > 0.
  Ina219Probe(I2cBus& bus, std::uint8_t address, Quantity quantity, double shunt_ohms)
      : bus_(bus), address_(address), quantity_(quantity), shunt_ohms_(shunt_ohms) {}

  // V, A or W. As I2cBus::transfer(), kCorrupt when somebody else has configured the chip or the
  // shunt's voltage is beyond its range, kUnavailable before its first conversion.
  Result<double> measure(Instant now) override;

 private:
  I2cBus& bus_;
  const std::uint8_t address_;
  const Quantity quantity_;
  const double shunt_ohms_;
};

}  // namespace sluice::hal
