#pragma once
// The set of sequence numbers of one (run, stream) that are settled, as sorted, disjoint,
// non-adjacent intervals. Both ends of the delivery protocol keep one. Each interval carries the
// sum of its chunks' checksums, which does not depend on the order they came in.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace sluice {

struct Interval {
  std::uint64_t first = 0;  // both ends included, first <= last
  std::uint64_t last = 0;
  std::uint64_t check = 0;  // sum of the members' checksums, modulo 2^64
  bool operator==(const Interval&) const = default;
};

class IntervalSet {
 public:
  // False, and nothing changes, if `seq` is a member already. REQUIRES: seq >= 1.
  [[nodiscard]] bool insert(std::uint64_t seq, std::uint64_t check);
  // Adds a whole interval. False, and nothing changes, if any of it is a member already.
  [[nodiscard]] bool insert(const Interval& interval);

  bool contains(std::uint64_t seq) const;
  std::uint64_t count() const;  // members
  std::span<const Interval> intervals() const { return intervals_; }
  bool operator==(const IntervalSet&) const = default;

 private:
  std::vector<Interval> intervals_;
};

}  // namespace sluice
