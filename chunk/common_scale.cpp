#include "chunk/common_scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <utility>

#include "chunk/value_form.hpp"

namespace sluice::chunk {
namespace {

using Values = std::span<const double>;

// Converters have 24 bits at most; what is smaller than their steps has to be so much smaller that
// it can only be rounding.
constexpr double kMultipleMax = 16'777'216.0;
constexpr double kRounding = 1.0 / 4096.0;
// Beyond, steps or their multiples would come near the ends of what a double can hold.
constexpr double kLargestMin = 1e-200;
constexpr double kLargestMax = 1e200;

double largest_of(Values sample) {
  double largest = 0.0;
  for (const double value : sample) largest = std::max(largest, std::fabs(value));
  return largest;
}

double nearest_whole(double value) {
  return to_double(to_nearest(value));
}

// Euclid's algorithm, among numbers that are only nearly multiples of what is looked for; 0 when
// that gets too small. Each turn halves the smaller number at least.
double common_step(Values sample, double step_min) {
  double step = 0.0;
  for (const double value : sample) {
    double other = std::fabs(value);
    if (step == 0.0) step = other;
    while (other >= step_min) {
      if (other < step) std::swap(step, other);
      other = std::fabs(other - nearest_whole(other / step) * step);
    }
    if (other > step * kRounding) return 0.0;
  }
  return step;
}

std::size_t fitting(Values sample, double scale) {
  const Calibrated form(0, {.scale = scale});
  return static_cast<std::size_t>(std::count_if(sample.begin(), sample.end(), [&](double value) {
    return same_bits(form.value(form.integer(value)), value);
  }));
}

}  // namespace

std::optional<double> common_scale(Values sample) {
  const double largest = largest_of(sample);
  if (largest < kLargestMin || largest > kLargestMax) return std::nullopt;
  const double step = common_step(sample, largest / kMultipleMax);
  if (step == 0.0) return std::nullopt;
  // The largest value tells the scale most exactly, and still leaves its last bit open.
  const double middle = largest / nearest_whole(largest / step);
  for (const double scale :
       {middle, std::nextafter(middle, 0.0), std::nextafter(middle, largest)}) {
    if (fitting(sample, scale) >= sample.size() - sample.size() / 8) return scale;
  }
  return std::nullopt;
}

}  // namespace sluice::chunk
