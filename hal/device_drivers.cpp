#include "hal/device_drivers.hpp"

#include <algorithm>
#include <array>

#include "hal/drivers/ads1115_driver.hpp"
#include "hal/drivers/bme280_driver.hpp"
#include "hal/drivers/can_driver.hpp"
#include "hal/drivers/exec_driver.hpp"
#include "hal/drivers/file_driver.hpp"
#include "hal/drivers/gpio_driver.hpp"
#include "hal/drivers/hwmon_driver.hpp"
#include "hal/drivers/iio_buffer_driver.hpp"
#include "hal/drivers/iio_driver.hpp"
#include "hal/drivers/ina219_driver.hpp"
#include "hal/drivers/mcp3008_driver.hpp"
#include "hal/drivers/modbus_driver.hpp"
#include "hal/drivers/mqtt_driver.hpp"
#include "hal/drivers/serial_driver.hpp"
#include "hal/drivers/sht3x_driver.hpp"
#include "hal/drivers/w1_driver.hpp"

namespace sluice::hal {

std::span<const DeviceDriver* const> device_drivers() {
  static constexpr std::array kDrivers{
      &kFileDriver,    &kExecDriver,  &kHwmonDriver,     &kIioDriver,       &kW1Driver,
      &kBme280Driver,  &kSht3xDriver, &kAds1115Driver,   &kIna219Driver,    &kGpioDriver,
      &kMcp3008Driver, &kMqttDriver,  &kIioBufferDriver, &kModbusRtuDriver, &kModbusTcpDriver,
      &kSerialDriver,  &kCanDriver,
  };
  return kDrivers;
}

const DeviceDriver* find_device_driver(std::string_view name) {
  const auto drivers = device_drivers();
  const auto found = std::find_if(drivers.begin(), drivers.end(),
                                  [&](const DeviceDriver* driver) { return driver->name == name; });
  return found == drivers.end() ? nullptr : *found;
}

}  // namespace sluice::hal
