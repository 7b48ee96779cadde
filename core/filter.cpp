#include "core/filter.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/check.hpp"

namespace sluice {
namespace {

using filter_state::ClampState;
using filter_state::DeadbandState;
using filter_state::ExponentialState;
using filter_state::MedianState;
using filter_state::MovingMeanState;
using filter_state::Window;

constexpr Duration kNone{};

// Takes in a value and returns the slot it went to. REQUIRES: 1 <= size <= kFilterWindowMax.
std::size_t push(Window& window, double value, std::size_t size) {
  const std::size_t slot = window.next;
  window.values[slot] = value;
  window.next = slot + 1 == size ? 0 : slot + 1;
  window.count = std::min(window.count + 1, size);
  return slot;
}

// Counts and copies without branches: where a noisy value belongs cannot be predicted, and a wrong
// guess costs more than a whole pass over a small window.
std::optional<double> apply(MedianState& state, double value, Instant /*tick*/) {
  const auto& values = state.window.values;
  auto& order = state.order;
  std::size_t others = state.window.count;
  if (others == state.spec.window) {
    const std::size_t oldest = state.window.next;
    std::size_t kept = 0;
    for (std::size_t i = 0; i < others; ++i) {
      const std::uint8_t slot = order[i];
      order[kept] = slot;
      kept += slot == oldest ? 0U : 1U;
    }
    others = kept;
  }
  std::size_t place = 0;
  for (std::size_t i = 0; i < others; ++i) place += values[order[i]] <= value ? 1U : 0U;
  for (std::size_t i = others; i > 0; --i) order[i] = order[i - (i > place ? 1U : 0U)];
  order[place] = static_cast<std::uint8_t>(push(state.window, value, state.spec.window));

  const std::size_t count = state.window.count;
  const double upper = values[order[count / 2]];
  if (count % 2 == 1) return upper;
  return std::midpoint(values[order[count / 2 - 1]], upper);
}

// Sums afresh each time: a running sum would remember the rounding of values long gone, and a
// replay that starts elsewhere would give other means.
std::optional<double> apply(MovingMeanState& state, double value, Instant /*tick*/) {
  push(state.window, value, state.spec.window);
  const auto begin = state.window.values.begin();
  const auto end = begin + static_cast<std::ptrdiff_t>(state.window.count);
  return std::accumulate(begin, end, 0.0) / static_cast<double>(state.window.count);
}

std::optional<double> apply(ExponentialState& state, double value, Instant tick) {
  if (!state.last || state.spec.time_constant == kNone) {
    state.mean = value;
  } else {
    const Duration elapsed = tick - *state.last;
    if (elapsed != state.elapsed) {
      state.elapsed = elapsed;
      state.gain = -std::expm1(-to_seconds(elapsed) / to_seconds(state.spec.time_constant));
    }
    // Other than mean + gain * (value - mean) this cannot overflow, which would stay for ever.
    state.mean = std::lerp(state.mean, value, state.gain);
  }
  state.last = tick;
  return state.mean;
}

std::optional<double> apply(ClampState& state, double value, Instant /*tick*/) {
  return std::clamp(value, state.spec.low, state.spec.high);
}

std::optional<double> apply(DeadbandState& state, double value, Instant tick) {
  if (state.passed_at && std::abs(value - state.passed) < state.spec.width &&
      tick - *state.passed_at < state.spec.silence_max) {
    return std::nullopt;
  }
  state.passed_at = tick;
  state.passed = value;
  return value;
}

bool is_window(std::size_t size) {
  return size >= 1 && size <= kFilterWindowMax;
}

MedianState state_of(const Median& spec) {
  CHECK(is_window(spec.window));
  return MedianState{.spec = spec, .window = {}, .order = {}};
}
MovingMeanState state_of(const MovingMean& spec) {
  CHECK(is_window(spec.window));
  return MovingMeanState{.spec = spec, .window = {}};
}
ExponentialState state_of(const Exponential& spec) {
  CHECK(spec.time_constant >= kNone);
  return ExponentialState{.spec = spec, .last = {}};
}
ClampState state_of(const Clamp& spec) {
  CHECK(spec.low <= spec.high);
  return ClampState{.spec = spec};
}
DeadbandState state_of(const Deadband& spec) {
  CHECK(spec.width >= 0.0);
  return DeadbandState{.spec = spec, .passed_at = {}};
}

}  // namespace

Filter::Filter(const FilterSpec& spec) : state_(initial(spec)) {}

Filter::State Filter::initial(const FilterSpec& spec) {
  return std::visit([](const auto& kind) { return State(state_of(kind)); }, spec);
}

std::optional<double> Filter::apply(double value, Instant tick) {
  return std::visit([&](auto& state) { return sluice::apply(state, value, tick); }, state_);
}

void Filter::interrupt() {
  if (auto* const deadband = std::get_if<DeadbandState>(&state_)) deadband->passed_at.reset();
}

FilterSpec Filter::spec() const {
  return std::visit([](const auto& state) { return FilterSpec(state.spec); }, state_);
}

FilterChain::FilterChain(std::span<const FilterSpec> specs) {
  filters_.reserve(specs.size());
  for (const FilterSpec& spec : specs) filters_.emplace_back(spec);
}

FilterChain::Filtered FilterChain::apply(double value, Instant tick) {
  Filtered filtered{.value = value};
  for (Filter& filter : filters_) {
    // A second deadband must not take note of a value that the first has held back already.
    if (!filtered.recorded && filter.is_deadband()) continue;
    const std::optional<double> passed = filter.apply(filtered.value, tick);
    if (passed) {
      filtered.value = *passed;
    } else {
      filtered.recorded = false;
    }
  }
  return filtered;
}

void FilterChain::interrupt() {
  for (Filter& filter : filters_) filter.interrupt();
}

bool FilterChain::adopt(const FilterChain& previous) {
  const bool same = std::equal(
      filters_.begin(), filters_.end(), previous.filters_.begin(), previous.filters_.end(),
      [](const Filter& ours, const Filter& theirs) { return ours.spec() == theirs.spec(); });
  if (same) std::copy(previous.filters_.begin(), previous.filters_.end(), filters_.begin());
  return same;
}

void FilterChain::save(RawWriter& writer) const {
  for (const Filter& filter : filters_) writer.put(filter);
}

void FilterChain::load(RawReader& reader) {
  for (Filter& filter : filters_) reader.take(filter);
}

}  // namespace sluice
