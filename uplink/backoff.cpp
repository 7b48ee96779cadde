#include "uplink/backoff.hpp"

#include <algorithm>

namespace sluice::uplink {

Duration Backoff::next() {
  std::uniform_int_distribution<Duration::rep> up_to_bound(0, to_ns(bound_));
  bound_ = std::min(2 * bound_, kBoundMax);
  return Duration(up_to_bound(random_));
}

}  // namespace sluice::uplink
