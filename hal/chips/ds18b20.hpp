#pragma once
// What thermometers of the DS18B20 family say, as the kernel's w1_therm shows it. Pure functions.

#include <optional>
#include <string_view>

#include "core/result.hpp"

namespace sluice::hal {

// Degrees Celsius from the two lines of w1_slave: nine bytes of the scratchpad and "crc=XX YES",
// and the same bytes with "t=" and thousandths of a degree. kCorrupt unless both lines are whole,
// the bytes are the same, their CRC is right and no idle or shorted bus looks like them, and for a
// temperature beyond what the chip measures, -55 to +125 Cel (DS18B20 datasheet 19-7487, "General
// Description").
Result<double> w1_slave_celsius(std::string_view text);

// ... from the attribute `temperature`: thousandths of a degree, the CRC checked by the kernel.
Result<double> w1_temperature_celsius(std::string_view text);

// Whether it is what the chip says after its power came back, before it measures: exactly 85 Cel
// (same datasheet, "Temperature register"). A water heater is there, too: believed near the last
// value, if there is one.
bool is_power_on_value(double celsius, std::optional<double> last);

}  // namespace sluice::hal
