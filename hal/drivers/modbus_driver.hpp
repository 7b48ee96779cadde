#pragma once
// Drivers "modbus_rtu" and "modbus_tcp": registers and bits of a Modbus device, over a serial line
// or TCP. Bus "modbus:DEVICE@BAUD..." or "modbus:HOST:PORT", shared by all units of it.

#include "hal/buses/modbus_bus.hpp"
#include "hal/device_driver.hpp"

namespace sluice::hal {

extern const DeviceDriver kModbusRtuDriver;
extern const DeviceDriver kModbusTcpDriver;

class ModbusProbe final : public Probe {
 public:
  // `bus` outlives it.
  ModbusProbe(modbus::Bus& bus, const modbus::Stretch& stretch, const modbus::Format& format,
              Duration timeout)
      : bus_(bus), stretch_(stretch), format_(format), timeout_(timeout) {}

  void begin(Duration period) override { period_ = period; }
  bool listen(Instant now) override {
    bus_.want(stretch_, now);
    return false;
  }
  // As modbus::Client::read().
  Result<double> measure(Instant now) override;

 private:
  modbus::Bus& bus_;
  const modbus::Stretch stretch_;
  const modbus::Format format_;
  const Duration timeout_;
  Duration period_{};
};

}  // namespace sluice::hal
