#pragma once
// Filters condition the good values of one channel. Each is a plain value of fixed size: what it
// was told (its spec) and what it remembers. A filter only ever sees good values; a fault goes
// round it and is never hidden behind the last good value (core/channel.hpp).

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "core/time.hpp"

namespace sluice {

// Longest window of a median or moving mean, in readings: state stays inline, 512 bytes.
inline constexpr std::size_t kFilterWindowMax = 64;

struct Median {
  std::size_t window = 3;  // 1..kFilterWindowMax; an even window gives the mean of the middle two
  bool operator==(const Median&) const = default;
};
struct MovingMean {
  std::size_t window = 4;  // 1..kFilterWindowMax
  bool operator==(const MovingMean&) const = default;
};
// First-order low pass: y += (1 - exp(-dt / time_constant)) * (x - y), dt being the time since the
// last good value, so that an irregular channel is smoothed rightly too.
struct Exponential {
  Duration time_constant{};
  bool operator==(const Exponential&) const = default;
};
struct Clamp {
  double low = 0.0;
  double high = 0.0;
  bool operator==(const Clamp&) const = default;
};
// Passes a value only when it differs from the last passed one by at least `width`, or when
// `silence_max` has gone by since; the rest is not recorded. Alert rules see every value.
struct Deadband {
  double width = 0.0;
  Duration silence_max = std::chrono::minutes(10);
  bool operator==(const Deadband&) const = default;
};

using FilterSpec = std::variant<Median, MovingMean, Exponential, Clamp, Deadband>;

}  // namespace sluice
