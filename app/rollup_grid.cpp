#include "app/rollup_grid.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

#include "core/check.hpp"

namespace sluice::app {
namespace {

// At multiples of the length on the axis that is `offset_ns` ahead of boot time. False where such a
// time would be none: a clock may have said anything.
bool multiples_at(std::int64_t time_ns, std::int64_t offset_ns, std::int64_t length_ns,
                  WindowBounds& bounds) {
  std::int64_t shifted = 0;
  if (__builtin_add_overflow(time_ns, offset_ns, &shifted)) return false;
  std::int64_t into = shifted % length_ns;
  if (into < 0) into += length_ns;
  std::int64_t begin = 0;
  std::int64_t end = 0;
  if (__builtin_sub_overflow(time_ns, into, &begin) ||
      __builtin_add_overflow(begin, length_ns, &end)) {
    return false;
  }
  bounds = {instant_from_ns(begin), instant_from_ns(end)};
  return true;
}

}  // namespace

WindowBounds window_at(std::span<const ClockRecord> clocks, Instant time, Duration length) {
  CHECK(length > Duration::zero());
  Instant since = Instant::min();
  Instant until = Instant::max();
  std::int64_t offset = 0;
  if (!clocks.empty()) {
    const auto after = std::upper_bound(
        clocks.begin(), clocks.end(), time,
        [](Instant wanted, const ClockRecord& clock) { return wanted < clock.time; });
    const auto holds = after == clocks.begin() ? after : after - 1;
    if (holds != clocks.begin()) since = holds->time;
    if (holds + 1 != clocks.end()) until = (holds + 1)->time;
    if (__builtin_sub_overflow(to_ns(holds->wall), to_ns(holds->time), &offset)) offset = 0;
  }
  WindowBounds bounds{since, until};
  const bool known = multiples_at(to_ns(time), offset, to_ns(length), bounds) ||
                     multiples_at(to_ns(time), 0, to_ns(length), bounds);
  if (!known) return {time, time < Instant::max() ? time + Duration(1) : time};
  return {std::max(bounds.begin, since), std::min(bounds.end, until)};
}

}  // namespace sluice::app
