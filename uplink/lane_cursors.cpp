#include "uplink/lane_cursors.hpp"

#include <algorithm>

namespace sluice::uplink {

void LaneCursors::begin(std::uint64_t newest) {
  boundary_ = newest;
  for (const Lane lane : kLanes) {
    wanted_[index_of(lane)] = {};
    wanted_[index_of(lane)].lane = lane;
  }
  wanted_[index_of(Lane::kRaw)].after = boundary_;
  Wanted& backlog = wanted_[index_of(Lane::kBacklog)];
  backlog.upto = boundary_;
  backlog.newest_first = order_ == BacklogOrder::kNewestFirst;
}

void LaneCursors::passed(Lane lane, std::span<const Parcel::Item> items) {
  Wanted& wanted = wanted_[index_of(lane)];
  for (const Parcel::Item& item : items) {
    if (wanted.newest_first) {
      wanted.upto = std::min(wanted.upto, item.position - 1);
    } else {
      wanted.after = std::max(wanted.after, item.position);
    }
  }
}

}  // namespace sluice::uplink
