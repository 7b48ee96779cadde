#pragma once
// Messages of one block per channel, for the formats that differ in how they write values only.
// Times are written as the Gorilla paper does it: the change of the step, in one of a few widths.

#include <span>
#include <vector>

#include "core/chunk.hpp"
#include "core/reading.hpp"
#include "tests/bench/bits.hpp"
#include "tests/bench/format.hpp"

namespace sluice::bench {

// Of one block. take() fills the values of as many readings as were given to append().
struct ValueCodec {
  void (*append)(BitWriter& out, std::span<const Reading> readings);
  void (*take)(BitReader& in, std::span<Reading> readings);
};

Bytes encode_blocks(const Group& group, const ValueCodec& values);
std::vector<Reading> decode_blocks(std::span<const std::byte> payload, const ValueCodec& values);

}  // namespace sluice::bench
