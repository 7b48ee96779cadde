#include "core/interval_set.hpp"

#include <algorithm>
#include <iterator>

#include "core/check.hpp"

namespace sluice {

bool IntervalSet::insert(std::uint64_t seq, std::uint64_t check) {
  return insert(Interval{seq, seq, check});
}

bool IntervalSet::insert(const Interval& interval) {
  CHECK(interval.first >= 1 && interval.first <= interval.last);
  // The first interval that ends at or after ours begins: it overlaps, or lies behind.
  auto next =
      std::lower_bound(intervals_.begin(), intervals_.end(), interval.first,
                       [](const Interval& member, std::uint64_t seq) { return member.last < seq; });
  if (next != intervals_.end() && next->first <= interval.last) return false;

  const bool joins_next = next != intervals_.end() && next->first == interval.last + 1;
  const bool joins_previous =
      next != intervals_.begin() && std::prev(next)->last + 1 == interval.first;
  if (joins_previous) {
    Interval& previous = *std::prev(next);
    previous.last = interval.last;
    previous.check += interval.check;
    if (joins_next) {
      previous.last = next->last;
      previous.check += next->check;
      intervals_.erase(next);
    }
  } else if (joins_next) {
    next->first = interval.first;
    next->check += interval.check;
  } else {
    intervals_.insert(next, interval);
  }
  return true;
}

bool IntervalSet::contains(std::uint64_t seq) const {
  const auto found = std::lower_bound(
      intervals_.begin(), intervals_.end(), seq,
      [](const Interval& member, std::uint64_t wanted) { return member.last < wanted; });
  return found != intervals_.end() && found->first <= seq;
}

std::uint64_t IntervalSet::count() const {
  std::uint64_t members = 0;
  for (const Interval& interval : intervals_) members += interval.last - interval.first + 1;
  return members;
}

}  // namespace sluice
