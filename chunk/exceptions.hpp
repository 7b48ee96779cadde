#pragma once
// Values that have not the form of the others of their chunk: mostly NaN where a sensor did not
// answer. They are kept apart, as runs of the same value, so that they do not spoil the rest.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chunk/bits.hpp"

namespace sluice::chunk {

struct Exception {
  std::uint32_t at = 0;     // index of the first
  std::uint32_t count = 0;  // 1 or more
  double value = 0.0;
};

// Extends the last run, or begins one.
void add_exception(std::vector<Exception>& exceptions, std::size_t at, double value);

void append_exceptions(BitWriter& out, std::span<const Exception> exceptions);
// In order, apart, and all inside `count`, or the reader has failed.
std::vector<Exception> take_exceptions(BitReader& in, std::size_t count);
// About how many bits they take.
std::size_t exception_bits(std::span<const Exception> exceptions);

}  // namespace sluice::chunk
