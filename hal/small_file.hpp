#pragma once
// Files of procfs and sysfs: read in one go, bounded, and parsed strictly whatever the locale.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/result.hpp"

namespace sluice::hal {

// What a failed system call on `path` means: kNotFound for a file or device that is not there,
// kTimeout for one that did not answer in time, else kUnavailable. `number` is its errno.
Error system_error(const std::string& path, int number);

// The whole file, of at most kSmallFileMax bytes; a larger one is kFull.
inline constexpr std::size_t kSmallFileMax = 64 * 1024;
Result<std::string> read_small_file(const std::string& path);

// Its first `bytes_max` bytes, or all that there are.
Result<std::string> read_start_of_file(const std::string& path, std::size_t bytes_max);

// Without spaces, tabs and line ends at both ends.
std::string_view trimmed(std::string_view text);

// The next word of `text`, which loses it; empty at the end.
std::string_view take_word(std::string_view& text);
// The next line of `text` without its end, which loses both; nothing at the end.
std::optional<std::string_view> take_line(std::string_view& text);

// Nothing unless the whole of `text` is one number that the type holds; infinite is not a number.
std::optional<double> parse_double(std::string_view text);
std::optional<std::int64_t> parse_integer(std::string_view text);
std::optional<std::uint64_t> parse_count(std::string_view text);

// The first number in a text that people or programs wrote, such as 42.8 in "temp=42.8'C". Digits
// inside a word or behind a dot, as in "eth0" or "v1.2.3", begin none, and hexadecimal ones are not
// read.
std::optional<double> first_number(std::string_view text);

}  // namespace sluice::hal
