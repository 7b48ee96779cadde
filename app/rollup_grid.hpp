#pragma once
// Where windows begin and end in the boot time of a run: at multiples of their length of wall time
// since 1970 once it is known what time it was, else of boot time. Where the clock was set a window
// ends, and the next one is shorter. Pure functions.

#include <span>

#include "core/event.hpp"
#include "core/time.hpp"

namespace sluice::app {

struct WindowBounds {
  Instant begin;  // included
  Instant end;    // not included
  bool operator==(const WindowBounds&) const = default;
};

// The window of that length that `time` is in. `clocks` are those of the boot, ascending in time;
// each holds until the next one, the first one also for what came before it. REQUIRES: length > 0.
WindowBounds window_at(std::span<const ClockRecord> clocks, Instant time, Duration length);

}  // namespace sluice::app
