#pragma once
// GPIO chips and their lines, by the kernel's character devices (Documentation/userspace-api/gpio);
// see hal/survey/survey.hpp. No line is requested, so none changes.

#include "hal/survey/survey.hpp"

namespace sluice::hal {

Survey survey_gpio(const Places& places);

}  // namespace sluice::hal
