#pragma once
// Quantities as the operator writes them: whole numbers with a unit, in one text. Strict: no space,
// no sign, no fraction, no other spelling; and never silently out of range.

#include <cstdint>
#include <string>
#include <string_view>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::config {

// "250ms", "15m", "1h30m": parts in d, h, m, s, ms, us, ns, the larger unit first. kInvalid for
// anything else, and for more than a Duration can hold (292 years).
Result<Duration> parse_duration(std::string_view text);

// "512MiB", "64kB": B; kB, MB, GB, TB in thousands; KiB, MiB, GiB, TiB in 1024s. kInvalid for
// anything else, and beyond 2^64 - 1 bytes.
Result<std::uint64_t> parse_size(std::string_view text);

// "64kbit/s": bit/s; kbit/s, Mbit/s, Gbit/s in thousands. The value is in bit/s. kInvalid as above.
Result<std::uint64_t> parse_rate(std::string_view text);

// The shortest text that parses to the same value. REQUIRES: duration >= 0.
std::string text_of_duration(Duration duration);
std::string text_of_size(std::uint64_t bytes);
std::string text_of_rate(std::uint64_t bits_per_second);

}  // namespace sluice::config
