#pragma once
// The newest readings of the run, before they are sealed into chunks: those already durable in a
// frame, and behind them those that are not. Storage thread only.

#include <cstddef>
#include <map>
#include <optional>
#include <vector>

#include "chunk/readings.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/reading.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

// What channels declare of their values.
using ValueHints = std::map<ChannelId, chunk::ValueHint>;

// One chunk per channel (more where one would be too large for a slow link), channels in order of
// their number. `readings` are reordered, each channel's staying in order of arrival.
std::vector<SealedChunk> seal_by_channel(std::vector<Reading>& readings,
                                         const ValueHints& hints = {});

class HotTail {
 public:
  // Memory is taken here. REQUIRES: readings_max >= 1.
  explicit HotTail(std::size_t readings_max);

  // Chunks sealed from here on make use of the channel's calibration. A run has a bounded number of
  // channels.
  void declare(const ChannelDeclared& channel);

  // False when full: the reading stays where it came from.
  [[nodiscard]] bool add(const Reading& reading);

  bool empty() const { return readings_.empty(); }
  std::size_t size() const { return readings_.size(); }
  bool full() const { return readings_.size() == readings_max_; }
  std::size_t uncommitted() const { return readings_.size() - committed_; }
  // Stamp of the oldest reading. REQUIRES: !empty().
  Instant oldest() const { return readings_.front().time; }

  // The uncommitted readings as the next frame; nothing when there are none.
  std::optional<storage::Frame> frame() const;
  // All readings as chunks.
  std::vector<SealedChunk> seal() const;

  // The frame, or the chunks, of what were `size` readings are durable now.
  void frame_committed(std::size_t size) { committed_ = size; }
  void seal_committed(std::size_t size);
  // No frame can be relied on: all is to be sealed anew.
  void frames_lost() { committed_ = 0; }

 private:
  std::size_t readings_max_;
  std::vector<Reading> readings_;
  std::size_t committed_ = 0;  // this many from the front are durable
  ValueHints hints_;
};

}  // namespace sluice::app
