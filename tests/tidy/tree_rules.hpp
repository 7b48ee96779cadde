#pragma once
// What must be there for a source file besides itself.

#include <span>
#include <string_view>

#include "tests/tidy/source.hpp"

namespace sluice::tidy {

// A source without a test of its own name, and the test that looks at it instead.
struct TestedBy {
  std::string_view source;
  std::string_view test;
};
// folder/file.cpp has tests/folder/file_test.cpp, or is one of the exceptions. An exception that
// is not needed any more, or whose test is not there, is a finding too.
Findings sources_without_test(const Tree& tree, std::span<const TestedBy> exceptions);

// Every .cpp is listed where it is built; nothing is globbed.
Findings sources_not_built(const Tree& tree);

}  // namespace sluice::tidy
