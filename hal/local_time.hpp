#pragma once
// The clock on the wall of the place, as the time zone of the machine has it (TZ, /etc/localtime).

#include "core/time.hpp"

namespace sluice::hal {

// Minutes since midnight, 0 to 1439. Reads the time zone's file at its first call. Any thread.
int local_minute_of_day(WallTime wall);

}  // namespace sluice::hal
