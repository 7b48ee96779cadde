#pragma once
// Which addresses answer on the I2C adapters; see hal/survey/survey.hpp. Each is asked as
// i2cdetect(8) does: by a write of nothing, or where an EEPROM or a clock chip could take that for
// a command, by reading a byte. What a driver of the kernel has is left alone.

#include "hal/survey/survey.hpp"

namespace sluice::hal {

// With `asks` false the adapters are listed and nobody on them is asked. On a bus that is stuck the
// first kTimeoutsMax addresses take the adapter's own time, mostly a second each; the rest is not
// tried.
inline constexpr int kTimeoutsMax = 3;
Survey survey_i2c(const Places& places, bool asks);

}  // namespace sluice::hal
