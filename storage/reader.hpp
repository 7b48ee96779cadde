#pragma once
// Read-only view of the buffer for another thread: own connection, short transactions, never in the
// writer's way.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/result.hpp"

namespace sluice::storage {

struct StoredChunk {
  std::uint64_t position = 0;  // order of storing, over all runs and streams; >= 1, never reused
  Chunk chunk;
};

// What the gateway still holds of one run and stream.
struct Holding {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t last_seq = 0;        // last key given
  std::uint64_t pending_chunks = 0;  // unacknowledged
};

class Reader {
 public:
  // The database must exist: open the Store first.
  static Result<Reader> open(const std::string& path);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  // Pending chunks of `stream` behind `after`, oldest first, all of one run, as many as fit in
  // `bytes_max` once packaged (one at least). Empty when there are none.
  Result<std::vector<StoredChunk>> pending(Stream stream, std::uint64_t after,
                                           std::size_t bytes_max);
  // Those of `positions` that are still pending, in order of position.
  Result<std::vector<StoredChunk>> at(std::span<const std::uint64_t> positions);
  Result<std::vector<Holding>> holdings();

  // Pending chunks met whose checksum is wrong. They are never returned; the first one is logged.
  std::uint64_t damaged_chunks() const;

 private:
  struct Impl;
  explicit Reader(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::storage
