#pragma once
// Which keys of one (gateway, run, stream) are settled, and how: held as a row, or resolved by a
// gap record; never both. Pure; owned by whoever has a transaction open on them.

#include <cstdint>

#include "core/interval_set.hpp"

namespace sluice::collector {

class SettledKeys {
 public:
  SettledKeys() = default;
  // REQUIRES: disjoint.
  SettledKeys(IntervalSet held, IntervalSet resolved);

  bool is_held(std::uint64_t seq) const { return held_.contains(seq); }
  bool is_resolved(std::uint64_t seq) const { return resolved_.contains(seq); }

  // REQUIRES: neither held nor resolved.
  void hold(std::uint64_t seq, std::uint64_t check);
  // Resolves those keys of first..last that are not settled yet; says how many there were. Costs by
  // intervals, not by keys, so that a span without end is no danger. REQUIRES: 1 <= first <= last.
  std::uint64_t resolve(std::uint64_t first, std::uint64_t last);

  const IntervalSet& held() const { return held_; }
  const IntervalSet& resolved() const { return resolved_; }

 private:
  IntervalSet held_;
  IntervalSet resolved_;
};

}  // namespace sluice::collector
