#pragma once
// How far each lane has been handed to the link. Chunks from before the link came up are the
// backlog: what comes now does not wait behind them.

#include <array>
#include <cstdint>
#include <span>

#include "core/lane.hpp"
#include "uplink/options.hpp"
#include "uplink/outbox.hpp"

namespace sluice::uplink {

class LaneCursors {
 public:
  explicit LaneCursors(BacklogOrder order) : order_(order) { begin(0); }

  // Raw chunks up to `newest` are the backlog from now on; nothing is handed over yet.
  void begin(std::uint64_t newest);
  // All lanes from their beginning again.
  void rewind() { begin(boundary_); }
  void rewind(Lane lane);

  // No raw chunk up to this position, backlog aside, still waits to be handed over. It never goes
  // back, though a rewind goes through all of them again.
  std::uint64_t raw_handed_over() const { return raw_handed_over_; }

  // What comes next in a lane.
  const LaneRange& next(Lane lane) const { return next_[index_of(lane)]; }
  // These are under way now.
  void passed(Lane lane, std::span<const Parcel::Item> items);

 private:
  BacklogOrder order_;
  std::uint64_t boundary_ = 0;
  std::uint64_t raw_handed_over_ = 0;
  std::array<LaneRange, kLanes.size()> next_;
};

}  // namespace sluice::uplink
