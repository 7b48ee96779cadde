#pragma once
// The table of all drivers of actuators that are devices; a new one is a new row.

#include <span>
#include <string_view>

#include "hal/actuator_driver.hpp"

namespace sluice::hal {

std::span<const ActuatorDriver* const> actuator_drivers();
// Null when there is none of that name.
const ActuatorDriver* find_actuator_driver(std::string_view name);

}  // namespace sluice::hal
