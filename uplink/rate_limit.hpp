#pragma once
// A token bucket that is paid after the event: what went over the wire, overhead and all, is known
// only then. Single-threaded; time is an argument.

#include <cstdint>

#include "core/time.hpp"

namespace sluice::uplink {

class RateLimit {
 public:
  // Unused for a while, so much of it may go at once.
  static constexpr Duration kBurst = std::chrono::seconds(1);

  // 0: no limit.
  explicit RateLimit(std::uint64_t bytes_per_second) : rate_(bytes_per_second) {}

  void spent(std::uint64_t bytes, Instant now);
  // Nothing is owed.
  bool allows(Instant now) const;

 private:
  std::uint64_t rate_;
  Instant paid_until_ = Instant::min();  // what was spent is paid for then
};

}  // namespace sluice::uplink
