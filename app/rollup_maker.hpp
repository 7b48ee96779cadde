#pragma once
// Makes the rollups of one channel over one stretch of time, of all lengths at once, whatever the
// order in which its readings come. Some 5 KB for each window that has a reading.

#include <cstddef>
#include <cstdint>
#include <map>
#include <span>
#include <utility>
#include <vector>

#include "app/rollup_grid.hpp"
#include "core/event.hpp"
#include "core/quantile_sketch.hpp"
#include "core/reading.hpp"
#include "core/rollup.hpp"
#include "core/summary.hpp"
#include "core/time.hpp"

namespace sluice::app {

class RollupMaker {
 public:
  // `lengths` and `clocks` outlive it. Windows that begin before the stretch begin with it.
  RollupMaker(std::span<const Duration> lengths, std::span<const ClockRecord> clocks,
              WindowBounds stretch)
      : lengths_(lengths), clocks_(clocks), stretch_(stretch) {}

  // REQUIRES: inside the stretch.
  void add(const Reading& reading);
  const WindowBounds& stretch() const { return stretch_; }

  // One length after the other, each in the order of time.
  std::vector<Rollup> take(std::uint32_t revision);

 private:
  struct Window {
    Instant end;
    Summary summary;
    QuantileSketch sketch;
  };

  std::span<const Duration> lengths_;
  std::span<const ClockRecord> clocks_;
  WindowBounds stretch_;
  std::map<std::pair<std::size_t, Instant>, Window> windows_;  // by length and begin
};

}  // namespace sluice::app
