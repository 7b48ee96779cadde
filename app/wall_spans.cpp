#include "app/wall_spans.hpp"

#include <algorithm>
#include <cstddef>
#include <limits>

#include "core/check.hpp"

namespace sluice::app {
namespace {

// Both come from outside: nobody promises that they add up. What is beyond stops at the end.
std::int64_t sum(std::int64_t a, std::int64_t b) {
  std::int64_t sum = 0;
  if (!__builtin_add_overflow(a, b, &sum)) return sum;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}
std::int64_t difference(std::int64_t a, std::int64_t b) {
  std::int64_t difference = 0;
  if (!__builtin_sub_overflow(a, b, &difference)) return difference;
  return a < 0 ? std::numeric_limits<std::int64_t>::min()
               : std::numeric_limits<std::int64_t>::max();
}

}  // namespace

std::optional<storage::Span> boot_span(std::span<const ClockRecord> clocks, WallTime from,
                                       WallTime to) {
  std::optional<storage::Span> whole;
  for (std::size_t i = 0; i < clocks.size(); ++i) {
    const std::int64_t offset = difference(to_ns(clocks[i].time), to_ns(clocks[i].wall));
    const Instant begin = i == 0 ? Instant::min() : clocks[i].time;
    const Instant end = i + 1 == clocks.size() ? Instant::max() : clocks[i + 1].time;
    const Instant first = std::max(begin, instant_from_ns(sum(to_ns(from), offset)));
    const Instant last = std::min(end, instant_from_ns(sum(to_ns(to), offset)));
    if (first > last) continue;
    if (!whole) whole = storage::Span{first, last};
    whole->first = std::min(whole->first, first);
    whole->last = std::max(whole->last, last);
  }
  return whole;
}

WallTime wall_at(std::span<const ClockRecord> clocks, Instant time) {
  CHECK(!clocks.empty());
  const auto after = std::upper_bound(
      clocks.begin(), clocks.end(), time,
      [](Instant wanted, const ClockRecord& clock) { return wanted < clock.time; });
  const ClockRecord& clock = after == clocks.begin() ? *after : *(after - 1);
  return wall_time_from_ns(sum(to_ns(clock.wall), difference(to_ns(time), to_ns(clock.time))));
}

}  // namespace sluice::app
