#include "chunk/linear_fit.hpp"

#include <algorithm>
#include <array>
#include <bit>

namespace sluice::chunk {
namespace {

constexpr unsigned kOrderMax = LinearModel::kOrderMax;
// Distances beyond this would not be exact as doubles once squared and summed.
constexpr std::int64_t kDistanceMax = std::int64_t{1} << 40;

using Lags = std::array<double, kOrderMax + 1>;
using Weights = std::array<double, kOrderMax>;

std::int64_t mean_of(std::span<const std::int64_t> integers) {
  std::int64_t sum = 0;
  for (const std::int64_t integer : integers) sum += integer - integers.front();
  return integers.front() + sum / static_cast<std::int64_t>(integers.size());
}

bool is_narrow(std::span<const std::int64_t> integers) {
  return std::all_of(integers.begin(), integers.end(), [&](std::int64_t integer) {
    const std::int64_t distance = wrapping_difference(integer, integers.front());
    return distance > -kDistanceMax && distance < kDistanceMax;
  });
}

// Sum of the products of distances from `base`, `lag` apart, for each lag.
Lags autocorrelation(std::span<const std::int64_t> integers, std::int64_t base) {
  Lags sums{};
  std::array<double, kOrderMax + 1> last{};
  for (const std::int64_t integer : integers) {
    for (unsigned i = kOrderMax; i > 0; --i) last[i] = last[i - 1];
    last[0] = static_cast<double>(integer - base);
    for (unsigned i = 0; i <= kOrderMax; ++i) sums[i] += last[0] * last[i];
  }
  return sums;
}

// Logarithm to base 2, straight between powers of two: good to 0.09. REQUIRES: value > 0, normal.
double rough_log2(double value) {
  const auto word = std::bit_cast<std::uint64_t>(value);
  const auto exponent = static_cast<std::int64_t>(word >> 52) - 1023;
  const auto mantissa = static_cast<std::int64_t>(word & ((std::uint64_t{1} << 52) - 1));
  return static_cast<double>(exponent) + static_cast<double>(mantissa) / 4503599627370496.0;
}

std::int64_t rounded(double value) {
  return static_cast<std::int64_t>(value < 0 ? value - 0.5 : value + 0.5);
}

}  // namespace

std::optional<LinearModel> fit_linear(std::span<const std::int64_t> integers) {
  if (integers.size() < kLinearCountMin || !is_narrow(integers)) return std::nullopt;
  const std::int64_t base = mean_of(integers);
  const Lags lags = autocorrelation(integers, base);
  if (!(lags[0] > 0)) return std::nullopt;

  const auto count = static_cast<double>(integers.size());
  Weights weights{};
  Weights best{};
  unsigned order = 0;
  double error = lags[0];
  double least = 0.5 * count * rough_log2(error);
  constexpr double kWeightBits = 16;
  double best_error = error;
  for (unsigned i = 0; i < kOrderMax; ++i) {
    double reflection = lags[i + 1];
    for (unsigned j = 0; j < i; ++j) reflection -= weights[j] * lags[i - j];
    reflection /= error;
    const Weights before = weights;
    weights[i] = reflection;
    for (unsigned j = 0; j < i; ++j) weights[j] -= reflection * before[i - 1 - j];
    error *= 1.0 - reflection * reflection;
    // Not even the rounding to integers is left: nothing more to find.
    if (!(error > count * 0.01)) break;
    const double cost = 0.5 * count * rough_log2(error) + kWeightBits * (i + 1);
    if (cost < least) {
      least = cost;
      best = weights;
      best_error = error;
      order = i + 1;
    }
  }
  if (order == 0) return std::nullopt;

  LinearModel model;
  model.base = base;
  model.order = order;
  // As fine as the error of a weight, times the signal, is small beside what is left over.
  const double ratio = std::max(lags[0] / best_error, 1.0);
  const auto bits = static_cast<unsigned>(0.5 * rough_log2(ratio)) + 4;
  model.precision = std::min(bits, LinearModel::kPrecisionMax);
  const auto unit = static_cast<double>(1U << model.precision);
  for (unsigned i = 0; i < order; ++i) model.weights[i] = rounded(best[i] * unit);
  return model;
}

}  // namespace sluice::chunk
