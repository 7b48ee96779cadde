#pragma once
// What the good values of the last while come to, for an alert rule: a window that hops. The last
// `over` is parted into at most kHopsMax hops, each with a Summary, and at the end of a hop all of
// them are merged. So a window costs the same memory however long it is, and its numbers are equal,
// to the last bit, to those of stored data over the same time. Owned by the real-time thread;
// nothing here allocates. The panes are the owner's, so that what has no window does without them.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>

#include "core/summary.hpp"
#include "core/time.hpp"

namespace sluice {

class SlidingWindow {
 public:
  static constexpr std::int64_t kHopsMax = 8;

  // Hops are whole periods, and `over` whole hops, where that comes out with at least four of them;
  // else `over` may be longer by up to a hop's rounding, and readings in it one more or less.
  // REQUIRES: over >= period > 0.
  SlidingWindow(Duration over, Duration period);

  // How many panes it works with.
  std::size_t panes() const { return static_cast<std::size_t>(hops_ + 1); }
  Duration hop() const { return Duration(hop_ns_); }

  struct Ended {
    Summary summary;     // of (end - over, end]
    bool whole = false;  // all of it has been watched
  };
  // Takes the value of this tick, if there is a good one, and returns the window that ended with
  // it or since the tick before; of several the last. REQUIRES: ticks do not go back; `panes` are
  // those of the last call, or empty ones at first, as many as panes() says.
  std::optional<Ended> update(Instant tick, const std::optional<double>& good,
                              std::span<Summary> panes);

  // What was not watched is missing from now on: windows are whole again once they begin later.
  void interrupt() { watched_since_.reset(); }

 private:
  void move_to(std::int64_t hop, std::span<Summary> panes);
  Summary& pane_of(std::int64_t hop, std::span<Summary> panes) const;

  std::int64_t hops_;
  std::int64_t hop_ns_;
  std::optional<Instant> watched_since_;
  // Hops since boot: the newest with a pane, and the one up to which windows have ended.
  std::int64_t newest_ = 0;
  std::int64_t ended_ = 0;
  bool started_ = false;
};
static_assert(std::is_trivially_copyable_v<SlidingWindow>);

}  // namespace sluice
