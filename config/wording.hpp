#pragma once
// How problems speak of what stands in the file: always printable, never long.

#include <span>
#include <string>
#include <string_view>

#include "config/document.hpp"

namespace sluice::config {

// `text` without control characters and cut to what fits a line.
std::string printable(std::string_view text);
// The same in double quotes.
std::string in_quotes(std::string_view text);

// Fewest digits that give the same number back, in every locale; without an exponent between 1e-6
// and 1e15.
std::string text_of(double number);

// What `node` is, such as: the integer 5, the text "fast", a table.
std::string found(const Node& node);

// "a", "b" or "c"
std::string either(std::span<const std::string_view> names);

}  // namespace sluice::config
