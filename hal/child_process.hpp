#pragma once
// Runs a program without a shell and takes what it prints, within a time and a size. It is killed,
// with everything it has started, when it takes longer, says too much, or has ended. Any thread.

#include <cstddef>
#include <string>
#include <vector>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::hal {

// Most bytes that are taken of its output.
inline constexpr std::size_t kOutputMax = 4'096;

// What `command`, a program by its whole path and its arguments, writes to its output; what it
// writes to its error output is dropped, its input is empty, and of the environment it has PATH
// alone. kNotFound when there is no such program, kTimeout after `limit`, kFull when it writes
// more than kOutputMax, kUnavailable when it ends with another status than 0 or by a signal.
// REQUIRES: command not empty.
Result<std::string> output_of(const std::vector<std::string>& command, Duration limit);

}  // namespace sluice::hal
