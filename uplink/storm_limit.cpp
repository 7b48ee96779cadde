#include "uplink/storm_limit.hpp"

#include <algorithm>

namespace sluice::uplink {

bool StormLimit::admits(const AlertEvent& event, Instant now) {
  const std::size_t number = index_of(event.alert);
  if (number >= unheard_.size()) unheard_.resize(number + 1);
  if (event.change != AlertChange::kRaised) return !unheard_[number];
  if (held_ == 0 && !told_ && (window_ == Instant::min() || now - window_ >= kWindow)) {
    begin_window(now);
  }
  const bool is_critical = event.severity == Severity::kCritical;
  const std::uint32_t reserved = is_critical ? 0 : raised_max_ / kForCritical;
  const bool admitted = raised_ < raised_max_ - reserved;
  unheard_[number] = !admitted;
  if (admitted) {
    ++raised_;
    return true;
  }
  ++held_;
  ++held_total_;
  worst_ = std::max(worst_, event.severity);
  return false;
}

std::optional<StormLimit::Report> StormLimit::report(Instant now) {
  const bool is_storm = held_ > 0 || told_;
  if (!is_storm || now - window_ < kWindow) return std::nullopt;
  const Report report{held_ > 0, held_, worst_};
  told_ = held_ > 0;
  begin_window(now);
  return report;
}

void StormLimit::begin_window(Instant now) {
  window_ = now;
  raised_ = 0;
  held_ = 0;
  worst_ = Severity::kInfo;
}

}  // namespace sluice::uplink
