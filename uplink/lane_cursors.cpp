#include "uplink/lane_cursors.hpp"

#include <algorithm>

namespace sluice::uplink {

void LaneCursors::begin(std::uint64_t newest) {
  boundary_ = newest;
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
  for (const Parcel::Item& item : items) {
    if (next.newest_first) {
      next.upto = std::min(next.upto, item.position - 1);
    } else {
      next.after = std::max(next.after, item.position);
    }
  }
}

}  // namespace sluice::uplink
