#include "hal/actuator_drivers.hpp"

#include <algorithm>
#include <array>

#include "hal/drivers/gpio_output.hpp"
#include "hal/drivers/pwm_output.hpp"

namespace sluice::hal {

std::span<const ActuatorDriver* const> actuator_drivers() {
  static constexpr std::array kDrivers{&kGpioOutput, &kPwmOutput};
  return kDrivers;
}

const ActuatorDriver* find_actuator_driver(std::string_view name) {
  const auto drivers = actuator_drivers();
  const auto found =
      std::find_if(drivers.begin(), drivers.end(),
                   [&](const ActuatorDriver* driver) { return driver->name == name; });
  return found == drivers.end() ? nullptr : *found;
}

}  // namespace sluice::hal
