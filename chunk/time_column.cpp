#include "chunk/time_column.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include "chunk/decimal.hpp"
#include "chunk/integer.hpp"
#include "chunk/integer_column.hpp"

namespace sluice::chunk {
namespace {

using Stamps = std::span<const std::int64_t>;

// How the column is written; its first bits. The other number is free for later formats.
constexpr unsigned kSteady = 0;  // all steps are the same
constexpr unsigned kNear = 1;    // near the ticks of a grid that the header tells of
constexpr unsigned kGrid = 2;    // near the ticks of any grid, of which some are missing
constexpr unsigned kModeBits = 2;

// Before the stamp of index `at`, `count` ticks of the grid have none.
struct Missing {
  std::uint32_t at = 0;
  std::int64_t count = 0;
};

std::int64_t step_at(Stamps stamps, std::size_t i) {
  return wrapping_difference(stamps[i], stamps[i - 1]);
}

bool is_steady(Stamps stamps) {
  const std::int64_t step = stamps.size() < 2 ? 0 : step_at(stamps, 1);
  for (std::size_t i = 2; i < stamps.size(); ++i) {
    if (step_at(stamps, i) != step) return false;
  }
  return true;
}

// The multiple of `unit` that is nearest; it may be one more than the type of `number` holds.
// REQUIRES: number >= 0, unit > 0.
std::uint64_t nearest_multiple(std::int64_t number, std::int64_t unit) {
  const auto whole = static_cast<std::uint64_t>(unit);
  return (static_cast<std::uint64_t>(number) + whole / 2) / whole * whole;
}

// The nearest number with as few digits as a tolerance allows.
std::int64_t rounded(std::int64_t number, std::int64_t tolerance) {
  std::int64_t best = number;
  for (std::int64_t unit = 10; unit <= number; unit *= 10) {
    const auto candidate = static_cast<std::int64_t>(nearest_multiple(number, unit));
    if (candidate < 0 || std::max(candidate - number, number - candidate) > tolerance) break;
    best = candidate;
    if (unit > number / 10) break;
  }
  return best;
}

// What first and last tell of the grid: the mean step with two digits, and the largest power of ten
// that both are multiples of.
struct Grid {
  std::int64_t period = 0;
  std::int64_t unit = 1;
};

Grid grid_of(Stamps stamps) {
  Grid grid;
  const std::int64_t span = wrapping_difference(stamps.back(), stamps.front());
  if (span < 0) return grid;
  const std::int64_t step = span / static_cast<std::int64_t>(stamps.size() - 1);
  std::int64_t digit = 1;
  while (digit <= step / 100) digit *= 10;
  // Fits, for the largest number there is has a third digit that is rounded off.
  grid.period = static_cast<std::int64_t>(nearest_multiple(step, digit));
  while (grid.unit < 1'000'000'000 && stamps.front() % (10 * grid.unit) == 0 &&
         span % (10 * grid.unit) == 0) {
    grid.unit *= 10;
  }
  if (grid.period % grid.unit != 0) grid.period = 0;
  return grid;
}

// Median of a sample of the steps, rounded as far as these differ among themselves; 0 when there
// is no grid to speak of.
std::int64_t period_of(Stamps stamps) {
  constexpr std::size_t kSamples = 31;
  std::array<std::int64_t, kSamples> steps;
  const std::size_t count = std::min(kSamples, stamps.size() - 1);
  for (std::size_t i = 0; i < count; ++i) {
    steps[i] = step_at(stamps, 1 + i * (stamps.size() - 1) / count);
    if (steps[i] < 0) return 0;  // a step beyond 63 bits
  }
  std::sort(steps.begin(), steps.begin() + count);
  const std::int64_t median = steps[count / 2];
  return rounded(median, (steps[count * 3 / 4] - steps[count / 4]) / 4);
}

std::vector<Missing> missing_ticks(Stamps stamps, std::int64_t period) {
  std::vector<Missing> missing;
  if (period < 2) return missing;
  for (std::size_t i = 1; i < stamps.size(); ++i) {
    const std::int64_t late = wrapping_difference(step_at(stamps, i), period);
    if (late < period / 2) continue;
    missing.push_back({static_cast<std::uint32_t>(i), (late - period / 2) / period + 1});
  }
  return missing;
}

// The grid's stamps, from the first stamp on; or their differences from `stamps`.
template <typename With>
void walk(std::size_t count, std::int64_t period, std::span<const Missing> missing, With with) {
  std::int64_t tick = 0;
  for (std::size_t i = 0; i < count; ++i) {
    if (!missing.empty() && missing.front().at == i) {
      tick = wrapping_sum(tick, missing.front().count);
      missing = missing.subspan(1);
    }
    with(i, wrapping_product(tick, period));
    tick = wrapping_sum(tick, 1);
  }
}

void put_missing(BitWriter& out, std::span<const Missing> missing) {
  put_number(out, missing.size(), 0);
  std::uint32_t end = 1;
  for (const Missing& one : missing) {
    put_number(out, one.at - end, kWide);
    put_number(out, static_cast<std::uint64_t>(one.count - 1), 0);
    end = one.at + 1;
  }
}

std::vector<Missing> take_missing(BitReader& in, std::size_t count) {
  std::vector<Missing> missing;
  std::uint64_t end = 1;
  for (std::uint64_t left = take_number(in, 0); left > 0 && !in.overrun(); --left) {
    const std::uint64_t gap = take_number(in, kWide);
    const std::uint64_t more = take_number(in, 0);
    if (gap >= count || end + gap >= count) in.fail();
    missing.push_back(
        {static_cast<std::uint32_t>(end + gap), wrapping_sum(static_cast<std::int64_t>(more), 1)});
    end += gap + 1;
  }
  return missing;
}

// The quotient if there is no remainder. Processors divide doubles much faster than integers.
std::int64_t near_quotient(std::int64_t number, std::int64_t divisor) {
  if (!is_mantissa(number)) return number / divisor;
  return to_nearest(to_double(number) / to_double(divisor));
}

// False when the stamps are not near enough to the grid, or not in its unit.
bool put_near(BitWriter& out, Stamps stamps, const Grid& grid) {
  std::vector<std::int64_t> off(stamps.size());
  std::int64_t tick = stamps.front();
  for (std::size_t i = 0; i < stamps.size(); ++i) {
    const std::int64_t error = wrapping_difference(stamps[i], tick);
    if (error > grid.period / 2 || error < -grid.period / 2) return false;
    off[i] = near_quotient(error, grid.unit);
    if (wrapping_product(off[i], grid.unit) != error) return false;
    tick = wrapping_sum(tick, grid.period);
  }
  out.put(kNear, kModeBits);
  append_integers(out, off);
  return true;
}

}  // namespace

void append_times(BitWriter& out, Stamps stamps) {
  if (is_steady(stamps)) return out.put(kSteady, kModeBits);
  const Stamps written = stamps.first(stamps.size() - 1);
  if (put_near(out, written, grid_of(stamps))) return;
  out.put(kGrid, kModeBits);
  std::int64_t period = period_of(stamps);
  std::vector<Missing> missing = missing_ticks(written, period);
  if (missing.size() > stamps.size() / 8 + 1) {
    period = 0;
    missing.clear();
  }
  put_scaled(out, static_cast<std::uint64_t>(period));
  put_missing(out, missing);
  std::vector<std::int64_t> off(written.size());
  walk(written.size(), period, missing, [&](std::size_t i, std::int64_t grid) {
    off[i] = wrapping_difference(wrapping_difference(stamps[i], stamps.front()), grid);
  });
  append_integers(out, off);
}

void take_times(BitReader& in, std::span<std::int64_t> stamps) {
  const std::int64_t first = stamps.front();
  const auto mode = static_cast<unsigned>(in.take(kModeBits));
  if (mode > kGrid || (stamps.size() < 2 && mode != kSteady)) in.fail();
  if (in.overrun()) return;
  if (mode == kSteady) {
    if (stamps.size() < 2) return;
    const auto span = static_cast<std::uint64_t>(wrapping_difference(stamps.back(), first));
    const std::uint64_t steps = stamps.size() - 1;
    if (span % steps != 0) in.fail();
    const auto step = static_cast<std::int64_t>(span / steps);
    for (std::size_t i = 1; i < steps; ++i) stamps[i] = wrapping_sum(stamps[i - 1], step);
    return;
  }
  const std::span<std::int64_t> written = stamps.first(stamps.size() - 1);
  if (mode == kNear) {
    const Grid grid = grid_of(stamps);
    written.front() = 0;
    take_integers(in, written);
    for (std::size_t i = 0; i < written.size(); ++i) {
      const std::int64_t tick = wrapping_product(static_cast<std::int64_t>(i), grid.period);
      written[i] = wrapping_sum(wrapping_sum(first, tick), wrapping_product(written[i], grid.unit));
    }
    return;
  }
  const auto period = static_cast<std::int64_t>(take_scaled(in));
  const std::vector<Missing> missing = take_missing(in, written.size());
  if (in.overrun()) return;
  written.front() = 0;
  take_integers(in, written);
  walk(written.size(), period, missing, [&](std::size_t i, std::int64_t grid) {
    written[i] = wrapping_sum(first, wrapping_sum(grid, written[i]));
  });
}

}  // namespace sluice::chunk
