#include "core/condition.hpp"

#include <algorithm>
#include <cmath>
#include <type_traits>

#include "core/check.hpp"

namespace sluice {
namespace {

using condition_state::AboveState;
using condition_state::AnomalyState;
using condition_state::BelowState;
using condition_state::FlatLineState;
using condition_state::NoDataState;
using condition_state::RateOfChangeState;

Verdict update(const AboveState& state, Instant /*tick*/, const std::optional<double>& good) {
  if (!good) return Verdict::kUnknown;
  if (*good >= state.rule.limit) return Verdict::kHolds;
  return *good <= state.rule.clear ? Verdict::kClear : Verdict::kBetween;
}

Verdict update(const BelowState& state, Instant /*tick*/, const std::optional<double>& good) {
  if (!good) return Verdict::kUnknown;
  if (*good <= state.rule.limit) return Verdict::kHolds;
  return *good >= state.rule.clear ? Verdict::kClear : Verdict::kBetween;
}

// Drops the points that a newer one replaces as the one to compare with.
void forget_old(RateOfChangeState& state, Instant tick) {
  std::size_t replaced = 0;
  while (replaced + 1 < state.count && tick - state.points[replaced + 1].tick >= state.rule.over) {
    ++replaced;
  }
  const auto begin = state.points.begin();
  std::move(begin + static_cast<std::ptrdiff_t>(replaced),
            begin + static_cast<std::ptrdiff_t>(state.count), begin);
  state.count -= replaced;
}

void keep(RateOfChangeState& state, Instant tick, double value) {
  // Rounded up, so that nine points are enough whatever `over` is.
  const Duration spacing =
      (state.rule.over + Duration(state.kPointsPerWindow - 1)) / state.kPointsPerWindow;
  if (state.count > 0 && tick - state.points[state.count - 1].tick < spacing) return;
  CHECK(state.count < state.points.size());
  state.points[state.count++] = {tick, value};
}

std::optional<double> rate_per_s(const RateOfChangeState& state, Instant tick, double value) {
  if (state.count == 0) return std::nullopt;
  const Duration age = tick - state.points[0].tick;
  const bool across_gap = state.count > 1 && age > 2 * state.rule.over;
  if (age < state.rule.over || age == Duration{} || across_gap) return std::nullopt;
  return std::abs(value - state.points[0].value) / to_seconds(age);
}

Verdict update(RateOfChangeState& state, Instant tick, const std::optional<double>& good) {
  if (!good) return Verdict::kUnknown;
  forget_old(state, tick);
  const std::optional<double> rate = rate_per_s(state, tick, *good);
  keep(state, tick, *good);
  if (!rate) return Verdict::kUnknown;
  if (*rate >= state.rule.limit_per_s) return Verdict::kHolds;
  return *rate <= state.rule.clear_per_s ? Verdict::kClear : Verdict::kBetween;
}

Verdict update(NoDataState& state, Instant tick, const std::optional<double>& good) {
  if (good || !state.since) state.since = tick;
  if (good) return Verdict::kClear;
  return tick - *state.since >= state.rule.after ? Verdict::kHolds : Verdict::kClear;
}

Verdict update(FlatLineState& state, Instant tick, const std::optional<double>& good) {
  if (!good) {
    state.last_good.reset();
    return Verdict::kUnknown;
  }
  const double low = std::min(state.low, *good);
  const double high = std::max(state.high, *good);
  if (state.started && high - low <= state.rule.tolerance) {
    state.low = low;
    state.high = high;
    if (state.last_good) state.flat += tick - *state.last_good;
  } else {
    state.left = state.started;
    state.started = true;
    state.low = state.high = *good;
    state.flat = Duration{};
  }
  state.last_good = tick;
  if (state.flat >= state.rule.after) return Verdict::kHolds;
  return state.left ? Verdict::kClear : Verdict::kUnknown;
}

Verdict update(AnomalyState& state, const std::optional<double>& good,
               const std::optional<double>& score) {
  if (!good) return Verdict::kUnknown;
  if (!score) return Verdict::kBetween;
  if (state.alarm.update(*score)) return Verdict::kHolds;
  return state.alarm.cooling_down() ? Verdict::kBetween : Verdict::kClear;
}

AboveState state_of(const Above& rule) {
  CHECK(rule.clear <= rule.limit);
  return AboveState{.rule = rule};
}
BelowState state_of(const Below& rule) {
  CHECK(rule.clear >= rule.limit);
  return BelowState{.rule = rule};
}
RateOfChangeState state_of(const RateOfChange& rule) {
  CHECK(rule.clear_per_s >= 0.0 && rule.clear_per_s <= rule.limit_per_s);
  return RateOfChangeState{.rule = rule};
}
NoDataState state_of(const NoData& rule) {
  return NoDataState{.rule = rule, .since = {}};
}
FlatLineState state_of(const FlatLine& rule) {
  return FlatLineState{.rule = rule, .last_good = {}};
}
AnomalyState state_of(const Anomaly& rule) {
  return AnomalyState{.alarm = AnomalyAlarm(rule.decades)};
}

}  // namespace

ConditionState::ConditionState(const Condition& condition) : state_(initial(condition)) {}

ConditionState::State ConditionState::initial(const Condition& condition) {
  return std::visit([](const auto& rule) { return State(state_of(rule)); }, condition);
}

Verdict ConditionState::update(Instant tick, const std::optional<double>& good,
                               const std::optional<double>& score) {
  return std::visit(
      [&](auto& state) {
        if constexpr (std::is_same_v<decltype(state), AnomalyState&>) {
          return sluice::update(state, good, score);
        } else {
          return sluice::update(state, tick, good);
        }
      },
      state_);
}

}  // namespace sluice
