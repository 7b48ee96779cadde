#pragma once
// Whose turn it is: alerts first, always; among the other lanes bytes are shared by weight, so that
// none starves. Start-time fair queueing (Goyal, Vin, Cheng, 1997) over the lanes that have
// something to send.

#include <array>
#include <cstddef>

#include "core/lane.hpp"

namespace sluice::uplink {

class LaneShares {
 public:
  // All lanes, those first whose turn comes first.
  std::array<Lane, kLanes.size()> order() const;
  // `lane` has sent that much.
  void sent(Lane lane, std::size_t bytes);
  // It had nothing to send: what it did not use is not saved up.
  void idle(Lane lane);

 private:
  // Bytes sent over weight; a lane that comes back begins where the present turn is.
  std::array<double, kLanes.size()> tags_{};
  double turn_ = 0.0;
};

}  // namespace sluice::uplink
