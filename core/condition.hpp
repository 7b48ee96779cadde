#pragma once
// Does the condition of an alert rule hold? One evaluator per rule, fed with every tick of its
// channel in order. A plain value of fixed size, so that it can be carried over and stored.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <type_traits>
#include <variant>

#include "core/alert.hpp"
#include "core/anomaly.hpp"
#include "core/sliding_window.hpp"
#include "core/summary.hpp"
#include "core/time.hpp"

namespace sluice {

// What one tick says of a condition.
enum class Verdict : std::uint8_t {
  kHolds,
  kClear,
  kBetween,  // a good value between limit and clear level: as before
  kUnknown,  // no evidence: the value is not good, or there is nothing yet to compare it with
};

// What each kind of condition remembers beside its rule. Only ConditionState uses these.
namespace condition_state {

struct AboveState {
  Above rule;
};
struct BelowState {
  Below rule;
};
// Compares with the newest kept point that is at least `over` old, and divides by its true age:
// that is 1 to 1.25 times `over`, or up to the channel's period more. The first value after a gap
// is compared across it; then the rate is unknown until a point after the gap is old enough.
struct RateOfChangeState {
  struct Point {
    Instant tick;
    double value;
  };
  // Points are an eighth of `over` apart: at most eight are younger than `over`, one is older.
  static constexpr int kPointsPerWindow = 8;

  RateOfChange rule;
  std::array<Point, kPointsPerWindow + 1> points{};  // oldest first
  std::size_t count = 0;
};
struct NoDataState {
  NoData rule;
  std::optional<Instant> since;  // the last good tick; the first tick while there was none
};
// The band starts anew at the value that leaves it; until the first has left, what is not flat for
// long enough is not known to move either. Time without good values is not flat time: a sensor that
// comes back with its old value is not stuck.
struct FlatLineState {
  FlatLine rule;
  bool started = false;
  bool left = false;
  double low = 0.0;
  double high = 0.0;
  Duration flat{};
  std::optional<Instant> last_good;  // none when the last tick was not good
};

// Judges the scores of the channel's detector, which is one for all its rules.
struct AnomalyState {
  AnomalyAlarm alarm;
};

// Judged when a hop ends; in between it is as before. Until a whole window has been watched nothing
// is known, but for a count: what is there already cannot become less by what was not seen.
struct WindowState {
  WindowLevel rule;
  SlidingWindow window;
};
// A bit for each of the last values, the newest the lowest.
struct SeveralOfState {
  SeveralOf rule;
  std::uint64_t beyond = 0;  // at the limit or beyond
  std::uint64_t loud = 0;    // beyond the clear level
  std::uint32_t seen = 0;    // stops at rule.last
};
// What is not good neither counts nor interrupts. A value that leaves is the first of the next row.
struct RepeatsState {
  Repeats rule;
  double low = 0.0;
  double high = 0.0;
  std::uint32_t times = 0;  // stops at rule.times
};

}  // namespace condition_state

class ConditionState {
 public:
  explicit ConditionState(const Condition& condition);

  // `good` is the channel's filtered value at `tick`, none when it is not good. A value that is not
  // good is evidence for NoData only; the others keep what they know and answer kUnknown.
  // `score` is what the channel's AnomalyDetector made of this value, none between its beats; only
  // Anomaly wants it, and answers kBetween until the cool-down of an alarm is over.
  // REQUIRES: ticks do not go back; *good is finite.
  // `panes` are the condition's own, pane_count() of them, and nobody else's.
  Verdict update(Instant tick, const std::optional<double>& good,
                 const std::optional<double>& score = std::nullopt, std::span<Summary> panes = {});

  // A state of `saved` goes on at `now`, after a time in which nobody watched: that was neither
  // silence nor standing still, and counts and sums of it are not whole.
  void resume(Instant saved, Instant now);
  // Its alert is active, so that it held: an end needs evidence.
  void assume_held(Instant now);

  // Memory that a condition on a window needs beside this; 0 for the others.
  std::size_t pane_count() const;

 private:
  using State = std::variant<
      condition_state::AboveState, condition_state::BelowState, condition_state::RateOfChangeState,
      condition_state::NoDataState, condition_state::FlatLineState, condition_state::AnomalyState,
      condition_state::WindowState, condition_state::SeveralOfState, condition_state::RepeatsState>;
  static State initial(const Condition& condition);

  State state_;
};
static_assert(std::is_trivially_copyable_v<ConditionState>);

}  // namespace sluice
