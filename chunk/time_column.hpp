#pragma once
// The stamps of a chunk. The first one stands in the chunk's header, so only the steps are written.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "chunk/source.hpp"
#include "core/chunk.hpp"
#include "core/time.hpp"

namespace sluice::chunk {

// REQUIRES: stamps not empty, never falling.
void append_times(Bytes& out, std::span<const Instant> stamps);
// Nothing when the bytes are not those of `count` stamps that begin at `first` and never fall.
// REQUIRES: count >= 1.
std::optional<std::vector<Instant>> take_times(Source& source, Instant first, std::size_t count);

}  // namespace sluice::chunk
