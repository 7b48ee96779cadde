#include "core/summary.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <tuple>

#include "core/check.hpp"

namespace sluice {
namespace {

bool is_good(Quality quality) {
  return quality == Quality::kGood || quality == Quality::kSuspectClock;
}

bool before(const Summary::Point& a, const Summary::Point& b) {
  return std::tie(a.time_ns, a.value) < std::tie(b.time_ns, b.value);
}

// Squares of what is beyond are no doubles, or their rests are none.
constexpr double kLargest = 1e140;
constexpr double kSmallest = 1e-140;

// A product as two doubles that make it up without an error, by Dekker (1971): not every processor
// has an instruction for it.
void add_product(double a, double b, ExactSum& sum) {
  constexpr double kSplitter = 134'217'729.0;  // 2^27 + 1
  const auto upper_half = [](double x) {
    const double scaled = kSplitter * x;
    return scaled - (scaled - x);
  };
  const double a_high = upper_half(a);
  const double a_low = a - a_high;
  const double b_high = upper_half(b);
  const double b_low = b - b_high;
  const double product = a * b;
  sum.add(product);
  sum.add(((a_high * b_high - product) + a_high * b_low + a_low * b_high) + a_low * b_low);
}

}  // namespace

void Summary::add(std::int64_t time_ns, double value, Quality quality) {
  ++by_quality_[static_cast<std::size_t>(quality)];
  if (!is_good(quality)) return;
  CHECK(std::isfinite(value));
  const Point point{time_ns, value};
  if (count_ == 0 || before(point, *first_)) first_ = point;
  if (count_ == 0 || before(*last_, point)) last_ = point;
  min_ = count_ == 0 ? value : std::min(min_, value);
  max_ = count_ == 0 ? value : std::max(max_, value);
  ++count_;
  sum_.add(value);
  const double magnitude = std::abs(value);
  if (magnitude >= kSmallest && magnitude <= kLargest) add_product(value, value, squares_);
}

void Summary::add(const Summary& other) {
  for (std::size_t i = 0; i < by_quality_.size(); ++i) by_quality_[i] += other.by_quality_[i];
  if (other.count_ == 0) return;
  if (count_ == 0 || before(*other.first_, *first_)) first_ = other.first_;
  if (count_ == 0 || before(*last_, *other.last_)) last_ = other.last_;
  min_ = count_ == 0 ? other.min_ : std::min(min_, other.min_);
  max_ = count_ == 0 ? other.max_ : std::max(max_, other.max_);
  count_ += other.count_;
  sum_.add(other.sum_);
  squares_.add(other.squares_);
}

std::uint64_t Summary::readings() const {
  std::uint64_t all = 0;
  for (const std::uint64_t some : by_quality_) all += some;
  return all;
}

double Summary::mean() const {
  CHECK(count_ > 0);
  // Rounding must not put it outside of the values.
  return std::clamp(sum_.rounded() / static_cast<double>(count_), min_, max_);
}

double Summary::deviation() const {
  CHECK(count_ > 0);
  if (count_ == 1) return 0.0;
  if (std::max(std::abs(min_), std::abs(max_)) > kLargest) {
    return std::numeric_limits<double>::infinity();
  }
  // n (n - 1) deviation^2 = n sum(x^2) - sum(x)^2, without a rounding in between.
  const ExactSum::Split sum = sum_.split();
  ExactSum spread = squares_;
  spread.multiply(static_cast<std::uint32_t>(count_));
  add_product(-sum.high, sum.high, spread);
  add_product(-2.0 * sum.high, sum.low, spread);
  add_product(-sum.low, sum.low, spread);
  const auto n = static_cast<double>(count_);
  return std::sqrt(std::max(spread.rounded(), 0.0) / n / (n - 1.0));
}

Summary::Parts Summary::parts() const {
  Parts parts;
  parts.by_quality = by_quality_;
  if (count_ == 0) return parts;
  parts.first = *first_;
  parts.last = *last_;
  parts.min = min_;
  parts.max = max_;
  parts.sum = sum_;
  parts.squares = squares_;
  return parts;
}

std::optional<Summary> Summary::from(const Parts& parts) {
  constexpr std::uint64_t kCountMax = (std::uint64_t{1} << 31) - 1;
  Summary summary;
  summary.by_quality_ = parts.by_quality;
  for (std::uint8_t i = 0; i < kQualityCount; ++i) {
    if (parts.by_quality[i] > kCountMax) return std::nullopt;
    if (is_good(Quality{i})) summary.count_ += parts.by_quality[i];
  }
  if (summary.count_ > kCountMax) return std::nullopt;
  if (summary.count_ == 0) return summary;
  const auto inside = [&](double value) { return value >= parts.min && value <= parts.max; };
  const bool finite = std::isfinite(parts.min) && std::isfinite(parts.max);
  // With infinities in between, for the largest values may add up to more than a double.
  const double largest = std::max(std::abs(parts.min), std::abs(parts.max)) *
                         static_cast<double>(summary.count_) * (1.0 + 1e-9);
  const bool ordered = inside(parts.first.value) && inside(parts.last.value) &&
                       !before(parts.last, parts.first) && std::abs(parts.sum.rounded()) <= largest;
  if (!finite || !ordered) return std::nullopt;
  summary.first_ = parts.first;
  summary.last_ = parts.last;
  summary.min_ = parts.min;
  summary.max_ = parts.max;
  summary.sum_ = parts.sum;
  summary.squares_ = parts.squares;
  return summary;
}

double Summary::rate() const {
  const std::int64_t ns = last_->time_ns - first_->time_ns;
  return ns == 0 ? 0.0 : delta() / (static_cast<double>(ns) / 1e9);
}

}  // namespace sluice
