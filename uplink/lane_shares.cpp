#include "uplink/lane_shares.hpp"

#include <algorithm>

namespace sluice::uplink {
namespace {

// Of kAlert it means nothing.
constexpr std::array<double, kLanes.size()> kWeights{1.0, 32.0, 16.0, 8.0, 8.0, 1.0, 4.0};

}  // namespace

std::array<Lane, kLanes.size()> LaneShares::order() const {
  std::array<Lane, kLanes.size()> lanes = kLanes;
  std::stable_sort(lanes.begin() + 1, lanes.end(), [this](Lane one, Lane other) {
    return tags_[index_of(one)] < tags_[index_of(other)];
  });
  return lanes;
}

void LaneShares::sent(Lane lane, std::size_t bytes) {
  if (lane == Lane::kAlert) return;
  double& tag = tags_[index_of(lane)];
  turn_ = std::max(turn_, tag);
  tag += static_cast<double>(bytes) / kWeights[index_of(lane)];
}

void LaneShares::idle(Lane lane) {
  double& tag = tags_[index_of(lane)];
  tag = std::max(tag, turn_);
}

}  // namespace sluice::uplink
