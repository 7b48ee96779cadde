#include "core/condition.hpp"

#include <algorithm>
#include <bit>
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
using condition_state::RepeatsState;
using condition_state::SeveralOfState;
using condition_state::WindowState;

bool is_beyond(const Level& level, double value) {
  return level.upwards ? value >= level.limit : value <= level.limit;
}
bool is_quiet(const Level& level, double value) {
  return level.upwards ? value <= level.clear : value >= level.clear;
}
Verdict judge(const Level& level, double value) {
  if (is_beyond(level, value)) return Verdict::kHolds;
  return is_quiet(level, value) ? Verdict::kClear : Verdict::kBetween;
}
void check(const Level& level) {
  CHECK(level.upwards ? level.clear <= level.limit : level.clear >= level.limit);
}

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

// None while there are too few values for it.
std::optional<double> aggregate(Aggregate of, const Summary& summary) {
  if (of == Aggregate::kCount) return static_cast<double>(summary.count());
  const bool of_two = of == Aggregate::kDeviation || of == Aggregate::kDelta;
  if (summary.count() < (of_two ? 2U : 1U)) return std::nullopt;
  switch (of) {
    case Aggregate::kMean:
      return summary.mean();
    case Aggregate::kMin:
      return summary.min();
    case Aggregate::kMax:
      return summary.max();
    case Aggregate::kSum:
      return summary.sum();
    case Aggregate::kDeviation:
      return summary.deviation();
    case Aggregate::kDelta:
      return summary.delta();
    case Aggregate::kCount:
      break;
  }
  CHECK(false);
}

Verdict update(WindowState& state, Instant tick, const std::optional<double>& good,
               std::span<Summary> panes) {
  const std::optional<SlidingWindow::Ended> ended = state.window.update(tick, good, panes);
  if (!ended) return Verdict::kBetween;
  const std::optional<double> value = aggregate(state.rule.of, ended->summary);
  if (!value) return Verdict::kUnknown;
  const Verdict verdict = judge(state.rule.level, *value);
  if (ended->whole) return verdict;
  // More of a count can only raise it.
  const Verdict certain = state.rule.level.upwards ? Verdict::kHolds : Verdict::kClear;
  return state.rule.of == Aggregate::kCount && verdict == certain ? verdict : Verdict::kUnknown;
}

Verdict update(SeveralOfState& state, const std::optional<double>& good) {
  if (!good) return Verdict::kUnknown;
  const std::uint64_t kept = ~std::uint64_t{0} >> (SeveralOf::kLastMax - state.rule.last);
  const auto push = [&](std::uint64_t& bits, bool bit) {
    bits = ((bits << 1) | (bit ? 1U : 0U)) & kept;
  };
  push(state.beyond, is_beyond(state.rule.level, *good));
  push(state.loud, !is_quiet(state.rule.level, *good));
  state.seen = std::min(state.seen + 1, state.rule.last);
  const auto count = [](std::uint64_t bits) {
    return static_cast<std::uint32_t>(std::popcount(bits));
  };
  if (count(state.beyond) >= state.rule.least) return Verdict::kHolds;
  if (count(state.beyond | state.loud) >= state.rule.least) return Verdict::kBetween;
  return state.seen == state.rule.last ? Verdict::kClear : Verdict::kUnknown;
}

Verdict update(RepeatsState& state, const std::optional<double>& good) {
  if (!good) return Verdict::kUnknown;
  const double low = std::min(state.low, *good);
  const double high = std::max(state.high, *good);
  if (state.times > 0 && high - low <= state.rule.tolerance) {
    state.low = low;
    state.high = high;
    state.times = std::min(state.times + 1, state.rule.times);
    return state.times == state.rule.times ? Verdict::kHolds : Verdict::kBetween;
  }
  const bool left = state.times > 0;
  state.low = state.high = *good;
  state.times = 1;
  return left ? Verdict::kClear : Verdict::kUnknown;
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
WindowState state_of(const WindowLevel& rule) {
  check(rule.level);
  return WindowState{.rule = rule, .window = SlidingWindow(rule.over, rule.period)};
}
SeveralOfState state_of(const SeveralOf& rule) {
  check(rule.level);
  CHECK(rule.least >= 1 && rule.least <= rule.last && rule.last <= SeveralOf::kLastMax);
  return SeveralOfState{.rule = rule};
}
RepeatsState state_of(const Repeats& rule) {
  CHECK(rule.times >= 2);
  return RepeatsState{.rule = rule};
}

}  // namespace

ConditionState::ConditionState(const Condition& condition) : state_(initial(condition)) {}

ConditionState::State ConditionState::initial(const Condition& condition) {
  return std::visit([](const auto& rule) { return State(state_of(rule)); }, condition);
}

Verdict ConditionState::update(Instant tick, const std::optional<double>& good,
                               const std::optional<double>& score, std::span<Summary> panes) {
  return std::visit(
      [&](auto& state) {
        using Kind = std::remove_reference_t<decltype(state)>;
        if constexpr (std::is_same_v<Kind, AnomalyState>) {
          return sluice::update(state, good, score);
        } else if constexpr (std::is_same_v<Kind, WindowState>) {
          return sluice::update(state, tick, good, panes);
        } else if constexpr (std::is_same_v<Kind, SeveralOfState> ||
                             std::is_same_v<Kind, RepeatsState>) {
          return sluice::update(state, good);
        } else {
          return sluice::update(state, tick, good);
        }
      },
      state_);
}

void ConditionState::resume(Instant saved, Instant now) {
  if (auto* const silence = std::get_if<NoDataState>(&state_)) {
    if (silence->since) *silence->since += now - saved;
  } else if (auto* const flat = std::get_if<FlatLineState>(&state_)) {
    flat->last_good.reset();
  } else if (auto* const window = std::get_if<WindowState>(&state_)) {
    const Aggregate of = window->rule.of;
    if (of == Aggregate::kCount || of == Aggregate::kSum) window->window.interrupt();
  }
}

void ConditionState::assume_held(Instant now) {
  if (auto* const silence = std::get_if<NoDataState>(&state_)) {
    const Instant began = now - silence->rule.after;
    silence->since = std::min(silence->since.value_or(began), began);
  }
}

std::size_t ConditionState::pane_count() const {
  const auto* const window = std::get_if<WindowState>(&state_);
  return window == nullptr ? 0 : window->window.panes();
}

}  // namespace sluice
