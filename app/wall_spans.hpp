#pragma once
// From wall time to the boot time of one boot and back, by the records of its trusted clock. Each
// holds until the next one, the first one also for what came before it. Pure functions.

#include <cstdint>
#include <optional>
#include <span>

#include "core/event.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

// What of the boot lies between two wall times, both included, and what lies between that where the
// clock was set. Nothing without records, or when it was set over the whole span. `clocks` ascend
// in time.
std::optional<storage::Span> boot_span(std::span<const ClockRecord> clocks, WallTime from,
                                       WallTime to);
// REQUIRES: a record.
WallTime wall_at(std::span<const ClockRecord> clocks, Instant time);

}  // namespace sluice::app
