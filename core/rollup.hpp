#pragma once
// What the batch layer makes of the readings of one channel in one window of time, and what others
// keep when the readings are gone. A plain value.

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/quantile_sketch.hpp"
#include "core/summary.hpp"
#include "core/time.hpp"

namespace sluice {

inline constexpr std::array kRollupQuantiles = {0.05, 0.25, 0.5, 0.75, 0.95};
using RollupQuantiles = std::array<double, kRollupQuantiles.size()>;

// The summary is whole: those of windows that lie side by side add up to exactly that of the window
// over all of them. Quantiles do not add up; they are of this window alone, and mean nothing
// without a good value.
struct Rollup {
  Instant begin;  // included
  Duration length{};
  std::uint32_t revision = 0;  // of several of a window the highest counts
  Summary summary;
  RollupQuantiles quantiles{};

  Instant end() const { return begin + length; }  // not included
  bool operator==(const Rollup&) const = default;
};

inline RollupQuantiles rollup_quantiles(const QuantileSketch& sketch) {
  RollupQuantiles quantiles{};
  if (sketch.count() == 0) return quantiles;
  for (std::size_t i = 0; i < quantiles.size(); ++i) {
    quantiles[i] = sketch.quantile(kRollupQuantiles[i]);
  }
  return quantiles;
}

}  // namespace sluice
