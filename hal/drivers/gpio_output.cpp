#include "hal/drivers/gpio_output.hpp"

#include <array>
#include <string>
#include <string_view>

#include "hal/buses/gpio_keys.hpp"
#include "hal/buses/gpiod_line.hpp"

namespace sluice::hal {
namespace {

using Words = std::string_view;
// In the order of GpioDrive.
constexpr std::array kDrives{Words("push-pull"), Words("open-drain"), Words("open-source")};

constexpr Key kKeys[] = {
    kGpioChipKey,
    kGpioLineKey,
    kSafeKey,
    kGpioActiveLowKey,
    kGpioBiasKey,
    {.name = "drive",
     .type = KeyType::kChoice,
     .fallback = "\"push-pull\"",
     .choices = kDrives,
     .meaning = "Whether the line is driven both ways, only to ground, or only to the supply."},
};

}  // namespace

Result<> GpioOutput::open(bool on) {
  request_.initial = on;
  return line_->request(request_);
}

const ActuatorDriver kGpioOutput = {
    .name = "gpio",
    .keys = kKeys,
    .bus = [](const Settings& settings) { return "gpio-out:" + settings.text("chip"); },
    .address = gpio_address,
    .make = [](const Settings& settings) -> std::unique_ptr<OutputDevice> {
      GpioRequest request = gpio_request(settings);
      request.drive = static_cast<GpioDrive>(settings.choice("drive", kDrives));
      return std::make_unique<GpioOutput>(std::make_unique<GpiodLine>(), request);
    },
};

}  // namespace sluice::hal
