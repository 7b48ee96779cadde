#include "hal/buses/gpio_keys.hpp"

namespace sluice::hal {

GpioRequest gpio_request(const Settings& settings) {
  return {.chip = settings.text("chip"),
          .line = settings.text("line"),
          .active_low = settings.flag("active_low"),
          .bias = static_cast<GpioBias>(settings.choice("bias", kGpioBiases))};
}

std::string gpio_address(const Settings& settings) {
  return "gpio:" + settings.text("chip") + " line " + settings.text("line");
}

}  // namespace sluice::hal
