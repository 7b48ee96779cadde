#pragma once
// Wall time as people write and read it, in UTC. Pure functions.

#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice {

// "2026-01-31T23:59:59.123456789Z".
std::string to_iso8601(WallTime time);

// "2026-01-31", "2026-01-31T12:30", "2026-01-31T12:30:05", with or without a Z: UTC. kInvalid for
// anything else.
Result<WallTime> parse_time(std::string_view text);

}  // namespace sluice
