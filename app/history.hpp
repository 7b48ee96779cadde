#pragma once
// The stored readings of one channel in a span of time, from chunks and hot tail together. Reads
// through a connection of its own: any thread, but one at a time.

#include <cstddef>
#include <cstdint>
#include <set>
#include <vector>

#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/reader.hpp"

namespace sluice::app {

class History {
 public:
  // `reader` outlives it. Only readings that are durable and not delivered yet are found.
  History(storage::Reader& reader, const storage::TimeRange& range)
      : reader_(reader), range_(range) {}

  // The next readings: what about `bytes_max` of chunks and frames hold, each reading once, in the
  // order of the chunks. May be empty before the end.
  Result<std::vector<Reading>> next(std::size_t bytes_max);
  bool done() const { return done_; }

  // Chunks and frames that could not be decoded.
  std::uint64_t unreadable() const { return unreadable_; }

 private:
  void take(const Result<std::vector<Reading>>& decoded, bool from_frame,
            std::vector<Reading>& readings);

  storage::Reader& reader_;
  storage::TimeRange range_;
  storage::Bookmark bookmark_;
  std::set<Instant> in_frames_;  // taken from frames, which may have become chunks since
  bool done_ = false;
  std::uint64_t unreadable_ = 0;
};

}  // namespace sluice::app
