#include "collector/clock_map.hpp"

#include <algorithm>
#include <iterator>

namespace sluice::collector {

void ClockMap::add(const ClockRecord& record) {
  std::vector<Offset>& offsets = record.synchronised ? synchronised_ : others_;
  const auto place =
      std::upper_bound(offsets.begin(), offsets.end(), record.time,
                       [](Instant time, const Offset& offset) { return time < offset.time; });
  offsets.insert(place, {record.time, record.wall});
}

std::optional<WallTime> ClockMap::at(Instant time) const {
  const std::vector<Offset>& offsets = synchronised_.empty() ? others_ : synchronised_;
  if (offsets.empty()) return std::nullopt;
  const auto after =
      std::upper_bound(offsets.begin(), offsets.end(), time,
                       [](Instant wanted, const Offset& offset) { return wanted < offset.time; });
  const Offset& offset = after == offsets.begin() ? *after : *std::prev(after);
  // Both come from outside: nobody promises that they add up.
  std::int64_t since = 0;
  std::int64_t wall_ns = 0;
  if (__builtin_sub_overflow(to_ns(time), to_ns(offset.time), &since) ||
      __builtin_add_overflow(to_ns(offset.wall), since, &wall_ns)) {
    return std::nullopt;
  }
  return wall_time_from_ns(wall_ns);
}

}  // namespace sluice::collector
