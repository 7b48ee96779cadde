#pragma once
// What the kernel has drivers for, by its files in sysfs; see hal/survey/survey.hpp. No device is
// asked anything.

#include "hal/survey/survey.hpp"

namespace sluice::hal {

// Chips of hardware monitoring, with a draft for each sensor that the driver `hwmon` can read.
Survey survey_hwmon(const Places& places);
// Devices of industrial I/O, with a draft for each of their input channels.
Survey survey_iio(const Places& places);
// Slaves on 1-Wire, with a draft for each thermometer.
Survey survey_w1(const Places& places);
// Thermal zones, for the driver `host`.
Survey survey_thermal(const Places& places);
// Serial ports: USB adapters by the names that udev gives them for good, and ports of the board.
Survey survey_serial(const Places& places);
Survey survey_can(const Places& places);

}  // namespace sluice::hal
