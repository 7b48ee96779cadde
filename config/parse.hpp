#pragma once
// TOML text -> Config, or every mistake in it at once. Nothing is ever applied partly.

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "config/config.hpp"

namespace sluice::config {

// One mistake, as an operator can mend it. Line and column count from 1; 0 when the file could not
// be read at all.
struct Problem {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string key;      // dotted path, such as channel[2].period, the second [[channel]]; empty
                        // for a mistake of the whole file
  std::string message;  // what is wrong, what was expected, what to do

  // "file:line:column: key: message", without the parts that are not known.
  std::string text() const;
};
using Problems = std::vector<Problem>;

// At most this many are reported; a file with more has one cause.
inline constexpr std::size_t kProblemsMax = 100;

inline constexpr std::size_t kFileBytesMax = 1024 * 1024;

// `host_name` gives the gateway's id when the text does not; what an id cannot hold becomes "-".
// Relative paths in the text start at the folder of `file_name`.
std::variant<Config, Problems> parse(std::string_view toml, std::string_view file_name,
                                     std::string_view host_name = {});
// Also reads the file, a regular one of at most kFileBytesMax, and asks the machine for its name.
// A copy is taken for the file it is a copy of where that is named.
std::variant<Config, Problems> load(const std::string& file_name, const std::string& copy_of = {});

}  // namespace sluice::config
