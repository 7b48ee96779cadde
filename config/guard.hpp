#pragma once
// Looks at a text before toml++ 3.3 does, for what that must not see:
//  - A character beyond ASCII outside of quotes and comments. TOML has none there, but the
//  library's
//    test for white space has undefined behaviour for most of them.
//  - Texts of several lines, for the same reason. No key here could take one.
//  - Keys of very many parts. It bounds how deep values are nested, but not how deep keys lead, and
//    walks its tree recursively: one long key could exhaust the stack.

#include <optional>
#include <string_view>

#include "config/document.hpp"

namespace sluice::config {

// The first of these. A text that is not TOML may mislead it, but only behind the place where the
// library stops.
std::optional<SyntaxError> find_harm(std::string_view toml);

}  // namespace sluice::config
