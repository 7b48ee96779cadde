#pragma once
// Whether values come back from what they were coded to, bit for bit, with nothing left over.

#include <algorithm>
#include <vector>

#include "chunk/bits.hpp"
#include "chunk/value_column.hpp"
#include "tests/chunk/made_data.hpp"

namespace sluice::chunk {

inline bool gives_back(const Mapped& mapped, const std::vector<double>& values) {
  BitWriter out;
  append_values(out, mapped);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  std::vector<double> back(values.size());
  take_values(in, back, mapped.exceptions);
  return in.at_end() && std::equal(back.begin(), back.end(), values.begin(), values.end(),
                                   [](double a, double b) { return same_bits(a, b); });
}

}  // namespace sluice::chunk
