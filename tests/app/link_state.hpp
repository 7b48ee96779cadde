#pragma once
// What the uplink thread tells the others of its link, without one.

#include "app/crossings.hpp"

namespace sluice::app {

inline void link_is(Crossings& crossings, bool up) {
  uplink::Snapshot snapshot;
  snapshot.link_up = up;
  crossings.uplink.publish(snapshot);
}

}  // namespace sluice::app
