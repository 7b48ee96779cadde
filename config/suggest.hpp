#pragma once
// "Did you mean": the known name that a mistyped one was most likely meant to be.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace sluice::config {

// Least number of letters to insert, delete, replace or swap with their neighbour, no letter twice
// (optimal string alignment), to turn one word into the other.
std::size_t typing_errors(std::string_view a, std::string_view b);

// The nearest of `known`, the first of equals; empty when none is near: at most two errors, and
// fewer than half of the letters.
std::string_view nearest(std::string_view name, std::span<const std::string_view> known);

// `; did you mean "period"?`, or nothing.
std::string suggestion(std::string_view name, std::span<const std::string_view> known);

}  // namespace sluice::config
