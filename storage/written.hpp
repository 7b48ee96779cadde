#pragma once
// What the buffer has written since it was opened, told apart by what for.

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <numeric>

#include "core/chunk.hpp"

namespace sluice::storage {

struct Written {
  std::uint64_t frames = 0;                          // bytes of the hot tail
  std::array<std::uint64_t, kStreamCount> chunks{};  // bytes, by stream
  std::uint64_t log = 0;  // all that went into the write-ahead log for it; not the checkpoints

  void add_chunk(Stream stream, std::uint64_t bytes) {
    chunks[static_cast<std::size_t>(stream)] += bytes;
  }
  void add(const Written& more) {
    frames += more.frames;
    for (std::size_t i = 0; i < chunks.size(); ++i) chunks[i] += more.chunks[i];
    log += more.log;
  }
  // What is in the log beside frames and chunks: rest of their pages, indices, counters, drops,
  // settlements, what went to quarantine and what was rolled back.
  std::uint64_t bookkeeping() const {
    const std::uint64_t rest = std::accumulate(chunks.begin(), chunks.end(), frames);
    return log - std::min(log, rest);
  }
};

}  // namespace sluice::storage
