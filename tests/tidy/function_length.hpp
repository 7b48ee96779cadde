#pragma once
// How long functions are. Counts lines from brace to brace, and knows a function by the look of
// what stands before its brace: near enough to find one that has grown too long, not a parser.

#include "tests/tidy/source.hpp"

namespace sluice::tidy {

Findings functions_too_long(const Source& source);

}  // namespace sluice::tidy
