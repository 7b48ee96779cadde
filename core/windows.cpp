#include "core/windows.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace sluice {
namespace {

std::int64_t divided_down(std::int64_t value, std::int64_t divisor) {
  return value / divisor - (value % divisor < 0 ? 1 : 0);
}

// Hops that a span may reach into, however it lies.
std::int64_t hops_in(Duration span, Duration hop) {
  return (span + hop - Duration(1)) / hop;
}

std::int64_t hops_of(const WindowSpec& spec) {
  return hops_in(spec.size, spec.hop) + hops_in(spec.lateness, spec.hop) +
         hops_in(spec.ahead, spec.hop);
}

}  // namespace

bool WindowSpec::is_valid() const {
  return hop > Duration::zero() && size >= hop && size % hop == Duration::zero() &&
         lateness >= Duration::zero() && ahead >= Duration::zero() && hops_of(*this) <= kHopsMax;
}

Windows::Windows(const WindowSpec& spec) : spec_(spec) {
  CHECK(spec.is_valid());
  // One is being filled, and lateness and ahead may each begin within another.
  const auto hops = static_cast<std::size_t>(hops_of(spec)) + 3;
  panes_.resize(hops);
  if (spec.quantiles) sketches_.resize(hops);
}

Arrival Windows::add(std::int64_t time_ns, double value, Quality quality) {
  if (!started_) move_to(time_ns - to_ns(spec_.ahead));
  const std::int64_t index = index_of_time(time_ns);
  if (index < first_) return Arrival::kLate;
  if (index >= first_ + static_cast<std::int64_t>(panes_.size())) return Arrival::kTooFar;
  Pane& pane = pane_at(index);
  const std::uint64_t good = pane.summary.count();
  pane.summary.add(time_ns, value, quality);
  if (spec_.quantiles && pane.summary.count() > good) sketches_[slot_of(index)].add(value);
  newest_ = std::max(newest_, index);
  const std::int64_t end = std::min(index + hops_per_window(), closed_);
  for (std::int64_t window = std::max(index, final_); window < end; ++window) {
    pane_at(window).changed = true;
  }
  return index < final_ ? Arrival::kPartlyLate : Arrival::kInTime;
}

std::int64_t Windows::index_of_time(std::int64_t time_ns) const {
  return divided_down(time_ns - to_ns(spec_.offset), to_ns(spec_.hop));
}

std::int64_t Windows::begin_of(std::int64_t index) const {
  return index * to_ns(spec_.hop) + to_ns(spec_.offset);
}

std::size_t Windows::slot_of(std::int64_t index) const {
  const auto hops = static_cast<std::int64_t>(panes_.size());
  return static_cast<std::size_t>(index - divided_down(index, hops) * hops);
}

Windows::Pane& Windows::pane_at(std::int64_t index) {
  const std::size_t slot = slot_of(index);
  Pane& pane = panes_[slot];
  if (pane.index == index) return pane;
  pane = Pane();
  pane.index = index;
  if (spec_.quantiles) sketches_[slot] = QuantileSketch();
  return pane;
}

void Windows::move_to(std::int64_t watermark_ns) {
  const std::int64_t closed = index_of_time(watermark_ns);
  const std::int64_t final = index_of_time(watermark_ns - to_ns(spec_.lateness));
  if (!started_) {
    started_ = true;
    newest_ = final_ = final;
    closed_ = closed;
  }
  // What has changed is due even if it has become final by now.
  due_ = final_;
  due_new_ = closed_;
  closed_ = std::max(closed_, closed);
  final_ = std::max(final_, final);
  first_ = final_ - hops_per_window() + 1;
  due_end_ = std::min(closed_, newest_ + hops_per_window());
}

bool Windows::next_due() {
  while (due_ < due_end_) {
    const std::int64_t window = due_++;
    Pane& last = pane_at(window);
    if (!last.changed && window < due_new_) continue;
    result_.summary = Summary();
    result_.quantiles = QuantileSketch();
    for (std::int64_t index = window - hops_per_window() + 1; index <= window; ++index) {
      const std::size_t slot = slot_of(index);
      if (panes_[slot].index != index) continue;
      result_.summary.add(panes_[slot].summary);
      if (spec_.quantiles) result_.quantiles.add(sketches_[slot]);
    }
    last.changed = false;
    if (result_.summary.readings() == 0) continue;
    result_.revision = last.revisions++;
    result_.end_ns = begin_of(window + 1);
    result_.begin_ns = result_.end_ns - to_ns(spec_.size);
    return true;
  }
  return false;
}

}  // namespace sluice
