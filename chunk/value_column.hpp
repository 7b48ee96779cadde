#pragma once
// The values of a chunk, bit for bit. How they are written is chosen anew for each chunk, by size.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "chunk/source.hpp"
#include "core/chunk.hpp"

namespace sluice::chunk {

void append_values(Bytes& out, std::span<const double> values);
// Nothing when the bytes are not those of `count` values.
std::optional<std::vector<double>> take_values(Source& source, std::size_t count);

}  // namespace sluice::chunk
