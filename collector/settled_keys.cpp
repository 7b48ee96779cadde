#include "collector/settled_keys.hpp"

#include <algorithm>
#include <limits>
#include <span>
#include <utility>
#include <vector>

#include "core/check.hpp"

namespace sluice::collector {

SettledKeys::SettledKeys(IntervalSet held, IntervalSet resolved)
    : held_(std::move(held)), resolved_(std::move(resolved)) {}

void SettledKeys::hold(std::uint64_t seq, std::uint64_t check) {
  CHECK(!is_resolved(seq));
  CHECK(held_.insert(seq, check));
}

std::uint64_t SettledKeys::resolve(std::uint64_t first, std::uint64_t last) {
  CHECK(first >= 1 && first <= last && last < std::numeric_limits<std::uint64_t>::max());
  std::vector<Interval> settled;
  for (const IntervalSet* set : {&held_, &resolved_}) {
    for (const Interval& interval : set->intervals()) {
      if (interval.last >= first && interval.first <= last) settled.push_back(interval);
    }
  }
  std::sort(settled.begin(), settled.end(),
            [](const Interval& one, const Interval& other) { return one.first < other.first; });

  // What lies between them.
  std::uint64_t count = 0;
  std::uint64_t next = first;
  const auto resolve_until = [&](std::uint64_t end) {
    if (next >= end) return;
    CHECK(resolved_.insert({next, end - 1, 0}));
    count += end - next;
  };
  for (const Interval& interval : settled) {
    resolve_until(interval.first);
    next = interval.last + 1;
  }
  resolve_until(last + 1);
  return count;
}

}  // namespace sluice::collector
