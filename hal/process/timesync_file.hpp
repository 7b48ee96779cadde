#pragma once
// What systemd-timesyncd shows of the wall clock, for a process that may not ask the kernel: the
// service's sandbox refuses adjtimex(2) whole, even without a change in it.

#include <string>

#include "core/time.hpp"
#include "hal/clock.hpp"

namespace sluice::hal {

inline constexpr const char* kTimesyncFile = "/run/systemd/timesync/synchronized";

// The file is touched whenever the network sets the clock (systemd-timesyncd(8)). From then on the
// bound of the error grows as the kernel's own does, by 500 ppm (MAXFREQ of its timex.h), and at
// 16 s it means nothing any more. Not synchronised when there is no such file.
Clock::WallTrust timesync_trust(const std::string& file, WallTime now);

}  // namespace sluice::hal
