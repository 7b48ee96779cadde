#include "app/history.hpp"

#include "chunk/frame.hpp"
#include "chunk/readings.hpp"

namespace sluice::app {

Result<std::vector<Reading>> History::next(std::size_t bytes_max) {
  const Result<storage::RangePart> part = reader_.range(range_, bookmark_, bytes_max);
  if (!part.ok()) return part.error();
  std::vector<Reading> readings;
  for (const storage::StoredChunk& stored : part->chunks) {
    take(chunk::decode_readings(stored.chunk), false, readings);
  }
  for (const Bytes& frame : part->frames) take(chunk::decode_frame(frame), true, readings);
  done_ = part->last;
  return readings;
}

void History::take(const Result<std::vector<Reading>>& decoded, bool from_frame,
                   std::vector<Reading>& readings) {
  if (!decoded.ok()) {
    ++unreadable_;
    return;
  }
  for (const Reading& reading : *decoded) {
    const bool inside = reading.channel == range_.channel && reading.time >= range_.from &&
                        reading.time < range_.to;
    if (!inside || (!from_frame && in_frames_.contains(reading.time))) continue;
    // Within a run the stamps of a channel differ: each is a tick of its own.
    if (from_frame) in_frames_.insert(reading.time);
    readings.push_back(reading);
  }
}

}  // namespace sluice::app
