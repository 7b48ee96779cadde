#pragma once
// The hot tail: what one commit adds, of all channels in arrival order, before it is sealed into
// chunks per channel. Frames never leave the gateway. Pure functions, any thread.

#include <cstddef>
#include <span>
#include <vector>

#include "core/chunk.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"

namespace sluice::chunk {

// REQUIRES: !readings.empty().
Bytes encode_frame(std::span<const Reading> readings);

// kCorrupt when the frame's own checksum or structure is off. Takes no more memory than 18 times
// the frame's size.
Result<std::vector<Reading>> decode_frame(std::span<const std::byte> frame);

}  // namespace sluice::chunk
