#pragma once
// The table of all device drivers.

#include <span>
#include <string_view>

#include "hal/device_driver.hpp"

namespace sluice::hal {

std::span<const DeviceDriver* const> device_drivers();
// Null when there is none of this name.
const DeviceDriver* find_device_driver(std::string_view name);

}  // namespace sluice::hal
