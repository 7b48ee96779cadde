#pragma once
// What the uplink thread tells the others of its link, without one.

#include <cstdint>
#include <limits>

#include "app/crossings.hpp"

namespace sluice::app {

// One that is up takes everything at once.
inline void link_is(Crossings& crossings, bool up) {
  uplink::Snapshot snapshot;
  snapshot.link_up = up;
  snapshot.delivery.raw_handed_over = std::numeric_limits<std::uint64_t>::max();
  crossings.uplink.publish(snapshot);
}

}  // namespace sluice::app
