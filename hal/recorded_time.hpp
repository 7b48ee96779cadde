#pragma once
// Times as recordings have them, which seldom say what they count from.

#include <cstdint>
#include <optional>
#include <string_view>

namespace sluice::hal {

// Nanoseconds from some fixed point on, the same for all times of one form: a number of seconds, or
// "YYYY-MM-DD HH:MM:SS", counted as UTC, with T instead of the space and with a fraction of the
// second if need be. Nothing for any other text, or beyond what 63 bits hold.
std::optional<std::int64_t> parse_recorded_time(std::string_view text);

}  // namespace sluice::hal
