#include "uplink/lane_cursors.hpp"

#include <algorithm>

namespace sluice::uplink {

void LaneCursors::begin(std::uint64_t newest) {
  boundary_ = newest;
  raw_handed_over_ = std::max(raw_handed_over_, boundary_);
  for (const Lane lane : kLanes) {
    next_[index_of(lane)] = {};
    next_[index_of(lane)].lane = lane;
  }
  next_[index_of(Lane::kRaw)].after = boundary_;
  LaneRange& backlog = next_[index_of(Lane::kBacklog)];
  backlog.upto = boundary_;
  backlog.newest_first = order_ == BacklogOrder::kNewestFirst;
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
