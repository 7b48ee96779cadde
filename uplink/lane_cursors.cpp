#include "uplink/lane_cursors.hpp"

#include <algorithm>

namespace sluice::uplink {

void LaneCursors::begin(std::uint64_t newest) {
  boundary_ = newest;
  raw_handed_over_ = std::max(raw_handed_over_, boundary_);
  for (const Lane lane : kLanes) rewind(lane);
}

void LaneCursors::rewind(Lane lane) {
  LaneRange& next = next_[index_of(lane)];
  next = {};
  next.lane = lane;
  if (lane == Lane::kRaw) next.after = boundary_;
  if (lane != Lane::kBacklog) return;
  next.upto = boundary_;
  next.newest_first = order_ == BacklogOrder::kNewestFirst;
}

void LaneCursors::passed(Lane lane, std::span<const Parcel::Item> items) {
  LaneRange& next = next_[index_of(lane)];
  const bool live_raw = lane == Lane::kRaw || lane == Lane::kRequested;
  for (const Parcel::Item& item : items) {
    if (live_raw) raw_handed_over_ = std::max(raw_handed_over_, item.position);
    if (next.newest_first) {
      next.upto = std::min(next.upto, item.position - 1);
    } else {
      next.after = std::max(next.after, item.position);
    }
  }
}

}  // namespace sluice::uplink
