#pragma once
// Readings of one channel <-> the bytes of a chunk of stream kRaw. Pure functions, any thread.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "chunk/reading_columns.hpp"
#include "chunk/value_form.hpp"
#include "core/chunk.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"

namespace sluice::chunk {

// Lossless for every double, NaN payloads, infinities and -0.0 included.
// What the channel declares of its values makes them shorter; any hint is right.
// REQUIRES: 1 <= readings.size() <= kReadingsMax, all of one channel, in time order.
SealedChunk encode_readings(std::span<const Reading> readings, const ValueHint& hint = {});

// Checks everything: checksum first, then every length, count and value range. kCorrupt when
// anything is off; never reads outside `chunk.bytes`, and takes 5 MB at most.
Result<std::vector<Reading>> decode_readings(const Chunk& chunk);

}  // namespace sluice::chunk
