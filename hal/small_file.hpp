#pragma once
// Files of procfs and sysfs: read in one go, bounded, and parsed strictly whatever the locale.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sluice::hal {

// The first `bytes_max` bytes at most; what lies behind them is not looked at. kNotFound when there
// is no such file (or its device has gone), kUnavailable when it cannot be read now.
Result<std::string> read_small_file(const std::string& path, std::size_t bytes_max = 64 * 1024);

// Without spaces, tabs and line ends at both ends.
std::string_view trimmed(std::string_view text);

// The next word of `text`, which loses it; empty at the end.
std::string_view take_word(std::string_view& text);
// The next line of `text` without its end, which loses both; nothing at the end.
std::optional<std::string_view> take_line(std::string_view& text);

// Nothing unless the whole of `text` is one number in plain notation.
std::optional<double> parse_double(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::uint64_t> parse_count(std::string_view text);

}  // namespace sluice::hal
