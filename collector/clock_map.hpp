#pragma once
// From boot time to wall time: a view, made of the clock records of one run.

#include <cstddef>
#include <optional>
#include <vector>

#include "core/event.hpp"
#include "core/time.hpp"

namespace sluice::collector {

class ClockMap {
 public:
  // In any order.
  void add(const ClockRecord& record);

  // By the last record before `time`, or the first one after it when the clock was found later.
  // Records of a synchronised clock win over all others. Nothing without records, or when the sum
  // is no time at all.
  std::optional<WallTime> at(Instant time) const;
  bool is_synchronised() const { return !synchronised_.empty(); }

 private:
  struct Offset {
    Instant time;
    WallTime wall;
  };
  // Ascending in time.
  std::vector<Offset> synchronised_;
  std::vector<Offset> others_;
};

}  // namespace sluice::collector
