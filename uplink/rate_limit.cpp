#include "uplink/rate_limit.hpp"

#include <algorithm>

namespace sluice::uplink {

void RateLimit::spent(std::uint64_t bytes, Instant now) {
  if (rate_ == 0) return;
  const double time = static_cast<double>(bytes) / static_cast<double>(rate_);
  paid_until_ = std::max(paid_until_, now - kBurst) +
                std::chrono::duration_cast<Duration>(std::chrono::duration<double>(time));
}

bool RateLimit::allows(Instant now) const {
  return rate_ == 0 || paid_until_ <= now;
}

}  // namespace sluice::uplink
