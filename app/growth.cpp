#include "app/growth.hpp"

#include <algorithm>

namespace sluice::app {

void Growth::step(Instant now, std::int64_t total) {
  const std::size_t count = steps_.size();
  if (count >= 2 && steps_[count - 1].time - steps_[count - 2].time < kStepMin) steps_.pop_back();
  steps_.push_back({now, total});
  while (steps_.size() > 2 && now - steps_.front().time > kWindow) steps_.erase(steps_.begin());
}

std::optional<double> Growth::per_second(Instant now) const {
  if (steps_.size() < 2) return std::nullopt;
  const Step& first = steps_.front();
  const Step& last = steps_.back();
  const Duration over = std::max(last.time - first.time, now - last.time);
  if (over <= Duration::zero()) return std::nullopt;
  return static_cast<double>(last.total - first.total) / to_seconds(over);
}

}  // namespace sluice::app
