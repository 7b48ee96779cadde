#include "chunk/linear_fit.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <vector>

namespace sluice::chunk {
namespace {

constexpr unsigned kOrderMax = LinearModel::kOrderMax;
// Distances beyond this would not be exact as doubles once squared and summed.
constexpr std::int64_t kDistanceMax = std::int64_t{1} << 40;

// Row and column 0 stand for the integer itself, i for the one i before it.
using Matrix = std::array<std::array<double, kOrderMax + 1>, kOrderMax + 1>;
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

// Sums of the products of each integer's distance from `base` and those before it.
Matrix covariance(std::span<const std::int64_t> integers, std::int64_t base) {
  Matrix sums{};
  // From the last to the first: each is followed by those before it, which lie side by side then.
  std::vector<double> distances(integers.size());
  std::transform(integers.rbegin(), integers.rend(), distances.begin(),
                 [&](std::int64_t integer) { return static_cast<double>(integer - base); });
  double energy = 0.0;
  std::array<double, kOrderMax> products{};
  for (std::size_t at = integers.size() - kOrderMax; at-- > 0;) {
    const double distance = distances[at];
    energy += distance * distance;
    for (unsigned i = 0; i < kOrderMax; ++i) products[i] += distance * distances[at + 1 + i];
  }
  sums[0][0] = energy;
  std::copy(products.begin(), products.end(), sums[0].begin() + 1);
  // The other rows are the same sums, begun and ended earlier.
  const auto distance = [&](std::size_t at) { return static_cast<double>(integers[at] - base); };
  for (unsigned i = 1; i <= kOrderMax; ++i) {
    for (unsigned j = i; j <= kOrderMax; ++j) {
      const std::size_t end = integers.size();
      sums[i][j] = sums[i - 1][j - 1] + distance(kOrderMax - i) * distance(kOrderMax - j) -
                   distance(end - i) * distance(end - j);
    }
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

// Of the covariance as lower * transposed(lower), row by row; and what of the integers' energy is
// left when the weights of the first `order` before are used.
struct Solution {
  Matrix lower{};
  std::array<double, kOrderMax + 1> right{};
  std::array<double, kOrderMax + 1> left_over{};
  unsigned order = 0;  // up to which it exists
};

Solution solve(const Matrix& sums) {
  Solution solution;
  solution.left_over[0] = sums[0][0];
  for (unsigned i = 1; i <= kOrderMax; ++i) {
    double diagonal = sums[i][i];
    for (unsigned k = 1; k < i; ++k) diagonal -= solution.lower[i][k] * solution.lower[i][k];
    // Nothing of its own: the ones before it tell all of it already.
    if (!(diagonal > 1e-9 * sums[i][i])) return solution;
    const double root = std::sqrt(diagonal);
    solution.lower[i][i] = root;
    for (unsigned j = i + 1; j <= kOrderMax; ++j) {
      double sum = sums[i][j];
      for (unsigned k = 1; k < i; ++k) sum -= solution.lower[i][k] * solution.lower[j][k];
      solution.lower[j][i] = sum / root;
    }
    double sum = sums[0][i];
    for (unsigned k = 1; k < i; ++k) sum -= solution.lower[i][k] * solution.right[k];
    solution.right[i] = sum / root;
    solution.left_over[i] = solution.left_over[i - 1] - solution.right[i] * solution.right[i];
    solution.order = i;
  }
  return solution;
}

Weights weights_of(const Solution& solution, unsigned order) {
  Weights weights{};
  for (unsigned i = order; i > 0; --i) {
    double sum = solution.right[i];
    for (unsigned k = i + 1; k <= order; ++k) sum -= solution.lower[k][i] * weights[k - 1];
    weights[i - 1] = sum / solution.lower[i][i];
  }
  return weights;
}

}  // namespace

std::optional<LinearModel> fit_linear(std::span<const std::int64_t> integers) {
  if (integers.size() < kLinearCountMin || !is_narrow(integers)) return std::nullopt;
  LinearModel model;
  model.base = mean_of(integers);
  const Solution solution = solve(covariance(integers, model.base));
  const auto count = static_cast<double>(integers.size());
  // Rounding to integers leaves a twelfth over, so less is not to be had.
  const auto energy_of = [&](unsigned order) {
    return std::max(solution.left_over[order], count / 12.0);
  };
  constexpr double kWeightBits = 14;
  double least = 0.5 * count * rough_log2(energy_of(0));
  for (unsigned order = 1; order <= solution.order; ++order) {
    const double cost = 0.5 * count * rough_log2(energy_of(order)) + kWeightBits * order;
    if (cost >= least) continue;
    least = cost;
    model.order = order;
  }
  if (model.order == 0) return std::nullopt;

  // As fine as the error of a weight, times the signal, is small beside what is left over.
  const double ratio = std::max(energy_of(0) / energy_of(model.order), 1.0);
  const auto bits = static_cast<unsigned>(0.5 * rough_log2(ratio)) + 4;
  model.precision = std::min(bits, LinearModel::kPrecisionMax);
  const auto unit = static_cast<double>(1U << model.precision);
  const Weights weights = weights_of(solution, model.order);
  for (unsigned i = 0; i < model.order; ++i) {
    // Beyond, the column is no echo of itself.
    if (!(std::fabs(weights[i]) < 1024)) return std::nullopt;
    model.weights[i] = rounded(weights[i] * unit);
  }
  return model;
}

}  // namespace sluice::chunk
