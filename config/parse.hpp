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

// One mistake, as an operator can mend it. Line and column count from 1.
struct Problem {
  std::string file;
  std::uint32_t line = 0;
  std::uint32_t column = 0;
  std::string key;      // dotted path, such as channel[2].period; empty for a syntax error
  std::string message;  // what is wrong, what was expected, what to do

  // "file:line:column: key: message"
  std::string text() const;
};
using Problems = std::vector<Problem>;

// At most this many are reported; a file with more has one cause.
inline constexpr std::size_t kProblemsMax = 100;

std::variant<Config, Problems> parse(std::string_view toml, std::string_view file_name);
// Also reads the file: at most 1 MiB, a regular file.
std::variant<Config, Problems> load(const std::string& file_name);

}  // namespace sluice::config
