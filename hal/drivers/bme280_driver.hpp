#pragma once
// Driver "bme280": temperature, pressure or humidity of a Bosch BME280 on I2C. Bus "i2c:ADAPTER".

#include <cstdint>
#include <optional>

#include "hal/buses/i2c_bus.hpp"
#include "hal/chips/bme280.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kBme280Driver;

class Bme280Probe final : public Probe {
 public:
  enum class Quantity { kTemperature, kPressure, kHumidity };
  // `bus` outlives it.
  Bme280Probe(I2cBus& bus, std::uint8_t address, Quantity quantity)
      : bus_(bus), address_(address), quantity_(quantity) {}

  // Cel, Pa or %RH. As I2cBus::transfer(), kInvalid when another chip answers, kCorrupt for what
  // the chip cannot have said, kTimeout when it does not finish.
  Result<double> measure(Instant now) override;

 private:
  Result<> recognise();
  Result<bme280::Raw> measure_once();

  I2cBus& bus_;
  const std::uint8_t address_;
  const Quantity quantity_;
  std::optional<bme280::Calibration> calibration_;  // of the chip that is there
};

}  // namespace sluice::hal
