#pragma once
// The qualities of a chunk, mostly one long run of the same.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "chunk/source.hpp"
#include "core/chunk.hpp"
#include "core/reading.hpp"

namespace sluice::chunk {

void append_qualities(Bytes& out, std::span<const Quality> qualities);
// Nothing when the bytes are not those of `count` qualities. REQUIRES: count is bounded already.
std::optional<std::vector<Quality>> take_qualities(Source& source, std::size_t count);

}  // namespace sluice::chunk
