#pragma once
// The clock on the wall of the place, as the time zone of the machine has it (TZ, /etc/localtime).

#include "core/time.hpp"

namespace sluice::hal {

// Minutes since midnight, 0 to 1439. Reads the time zone's file at its first call. Any thread.
int local_minute_of_day(WallTime wall);
// Where the day of the place begins that `wall` lies in, and where the next one does: 23 to 25
// hours later where clocks are changed. The same.
WallTime local_day_begin(WallTime wall);
WallTime local_day_end(WallTime wall);

}  // namespace sluice::hal
