#pragma once
// The three kinds of time, as distinct types that cannot be mixed up.
//
// A gateway often has no wall clock at start, so everything is stamped and scheduled in boot time;
// wall time is a label, mapped later by clock records. No type here can read a clock: only the
// composition root holds one (hal/clock.hpp) and passes time on as an argument.

#include <chrono>
#include <cstdint>

namespace sluice {

using Duration = std::chrono::nanoseconds;

// Time since boot, running on through suspend (CLOCK_BOOTTIME). Deliberately without now().
struct BootClock {
  using rep = Duration::rep;
  using period = Duration::period;
  using duration = Duration;
  using time_point = std::chrono::time_point<BootClock>;
  static constexpr bool is_steady = true;
};

using Instant = BootClock::time_point;
using WallTime = std::chrono::sys_time<Duration>;

constexpr Instant instant_from_ns(std::int64_t ns) {
  return Instant(Duration(ns));
}
constexpr WallTime wall_time_from_ns(std::int64_t ns) {
  return WallTime(Duration(ns));
}
constexpr std::int64_t to_ns(Duration duration) {
  return duration.count();
}
constexpr std::int64_t to_ns(Instant instant) {
  return instant.time_since_epoch().count();
}
constexpr std::int64_t to_ns(WallTime time) {
  return time.time_since_epoch().count();
}
constexpr double to_seconds(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

}  // namespace sluice
