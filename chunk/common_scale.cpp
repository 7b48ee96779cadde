#include "chunk/common_scale.hpp"

#include <algorithm>
#include <cmath>
#include <cstddef>

#include "chunk/value_form.hpp"

namespace sluice::chunk {
namespace {

using Values = std::span<const double>;

// Converters have 24 bits at most; what is left over by so small a part of a step is rounding.
constexpr double kMultipleMax = 16'777'216.0;
constexpr double kRounding = 1.0 / 4096.0;

double largest_of(Values sample) {
  double largest = 0.0;
  for (const double value : sample) largest = std::max(largest, std::fabs(value));
  return largest;
}

double nearest_whole(double value) {
  return to_double(to_nearest(value));
}

// Euclid's algorithm, among numbers that are only nearly multiples of what is looked for; 0 when
// that gets too small.
double common_step(Values sample, double step_min) {
  double step = 0.0;
  for (const double value : sample) {
    double other = std::fabs(value);
    while (other >= step_min) {
      if (step == 0.0 || other < step) std::swap(step, other);
      if (other == 0.0) break;
      other = std::fabs(other - nearest_whole(other / step) * step);
      if (other < step * kRounding) break;
      if (other < step_min) return 0.0;
    }
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
  if (!(largest > 0.0)) return std::nullopt;
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
