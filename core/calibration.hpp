#pragma once
// From what the sensor says to the channel's unit, and the range in which that is believable.

#include <limits>

namespace sluice {

// value = raw * scale + offset, in that order, in double precision without contraction.
struct Calibration {
  double scale = 1.0;
  double offset = 0.0;
  constexpr double apply(double raw) const { return raw * scale + offset; }
  bool operator==(const Calibration&) const = default;
};

// Both ends included. The default range takes every number, infinities too.
struct Range {
  double low = -std::numeric_limits<double>::infinity();
  double high = std::numeric_limits<double>::infinity();
  constexpr bool contains(double value) const { return value >= low && value <= high; }
  bool operator==(const Range&) const = default;
};

}  // namespace sluice
