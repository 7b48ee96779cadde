#include "core/sliding_window.hpp"

#include <algorithm>

#include "core/check.hpp"
#include "core/reading.hpp"

namespace sluice {
namespace {

constexpr std::int64_t kHopsGood = 4;

std::int64_t hops_in(std::int64_t over_ns, std::int64_t period_ns) {
  const std::int64_t readings = over_ns / period_ns;
  if (readings <= SlidingWindow::kHopsMax) return readings;
  if (over_ns % period_ns == 0) {
    for (std::int64_t hops = SlidingWindow::kHopsMax; hops >= kHopsGood; --hops) {
      if (readings % hops == 0) return hops;
    }
  }
  return SlidingWindow::kHopsMax;
}

}  // namespace

SlidingWindow::SlidingWindow(Duration over, Duration period)
    : hops_(hops_in(to_ns(over), to_ns(period))), hop_ns_((to_ns(over) + hops_ - 1) / hops_) {
  CHECK(period > Duration{} && over >= period);
}

Summary& SlidingWindow::pane_of(std::int64_t hop, std::span<Summary> panes) const {
  return panes[static_cast<std::size_t>(hop % (hops_ + 1))];
}

void SlidingWindow::move_to(std::int64_t hop, std::span<Summary> panes) {
  const std::int64_t first = started_ ? std::max(newest_ + 1, hop - hops_) : hop - hops_;
  for (std::int64_t fresh = std::max<std::int64_t>(first, 0); fresh <= hop; ++fresh) {
    pane_of(fresh, panes) = Summary{};
  }
  newest_ = std::max(newest_, hop);
}

std::optional<SlidingWindow::Ended> SlidingWindow::update(Instant tick,
                                                          const std::optional<double>& good,
                                                          std::span<Summary> panes) {
  CHECK(panes.size() == this->panes());
  // A window holds its end and not its begin, so that a reading on a boundary counts at once.
  const std::int64_t hop = std::max<std::int64_t>(to_ns(tick) - 1, 0) / hop_ns_;
  if (!started_ || hop > newest_) move_to(hop, panes);
  if (good) pane_of(hop, panes).add(to_ns(tick), *good, Quality::kGood);
  const std::int64_t ended = to_ns(tick) / hop_ns_;
  const bool first = !started_;
  started_ = true;
  if (!watched_since_) watched_since_ = tick;
  if (!first && ended == ended_) return std::nullopt;
  ended_ = ended;
  if (first) return std::nullopt;
  Ended window;
  for (std::int64_t one = std::max<std::int64_t>(ended - hops_, 0); one < ended; ++one) {
    window.summary.add(pane_of(one, panes));
  }
  window.whole = to_ns(*watched_since_) <= (ended - hops_) * hop_ns_;
  return window;
}

}  // namespace sluice
