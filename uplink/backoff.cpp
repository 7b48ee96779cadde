#include "uplink/backoff.hpp"

#include <algorithm>

namespace sluice::uplink {

Duration Backoff::next() {
  const Duration delay = spread(bound_);
  bound_ = std::min(2 * bound_, bound_max_);
  return delay;
}

Duration Backoff::next_after_refusal() {
  const Duration delay = kRefusedMin + spread(refused_bound_ - kRefusedMin);
  refused_bound_ = std::min(2 * refused_bound_, kRefusedMax);
  return delay;
}

void Backoff::reset() {
  bound_ = std::min(kBoundOfFleet, bound_max_);
  refused_bound_ = 2 * kRefusedMin;
}

Duration Backoff::spread(Duration most) {
  std::uniform_int_distribution<Duration::rep> up_to(0, to_ns(most));
  return Duration(up_to(random_));
}

}  // namespace sluice::uplink
