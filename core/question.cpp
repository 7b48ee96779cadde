#include "core/question.hpp"

#include <algorithm>

namespace sluice {

std::vector<Interval> lost_by(const Answered& answered) {
  const auto& [question, ack] = answered;
  std::vector<Interval> known;
  for (const std::vector<Interval>* const kind : {&question.unsettled, &ack.held, &ack.resolved}) {
    known.insert(known.end(), kind->begin(), kind->end());
  }
  std::sort(known.begin(), known.end(),
            [](const Interval& a, const Interval& b) { return a.first < b.first; });
  const std::uint64_t end = ack.answer ? std::min(ack.answer->last, question.last) : 0;
  std::vector<Interval> lost;
  std::uint64_t next = question.first;
  for (const Interval& interval : known) {
    if (interval.first > end) break;
    if (interval.first > next) lost.push_back({next, interval.first - 1, 0});
    next = std::max(next, interval.last + 1);
  }
  if (next <= end) lost.push_back({next, end, 0});
  return lost;
}

std::vector<Interval> cut_at(const Interval& whole, const std::vector<Interval>& ranges) {
  std::vector<Interval> pieces;
  std::uint64_t next = whole.first;
  const auto cut_before = [&](std::uint64_t end) {
    if (end > next && next <= whole.last) {
      pieces.push_back({next, std::min(end - 1, whole.last), 0});
      next = pieces.back().last + 1;
    }
  };
  for (const Interval& range : ranges) {
    cut_before(range.first);
    cut_before(range.last + 1);
  }
  cut_before(whole.last + 1);
  return pieces;
}

}  // namespace sluice
