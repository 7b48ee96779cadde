#include "core/anomaly.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "core/check.hpp"

namespace sluice {
namespace {

using anomaly_state::Mean;
using anomaly_state::Tail;

// In beats. At the beat of 5 min these are half an hour, 2, 4, 8, 12 hours and a day.
constexpr std::uint32_t kHalfHour = 6;
constexpr std::uint32_t kTwoHours = 24;
constexpr std::uint32_t kFourHours = 48;
constexpr std::uint32_t kEightHours = 96;
constexpr std::uint32_t kTwelveHours = 144;
constexpr std::uint32_t kDay = 288;
// An hour has 12 beats a day: its baseline is that of the last 30 days.
constexpr std::uint32_t kThirtyDaysOfAnHour = 360;

// An hour's own spread is believed like the channel's is by as many beats as these.
constexpr double kBeatsOfPrior = 8.0;
// A single jump is the weakest evidence: spikes inside the range are common.
constexpr double kWeightOfChange = 0.8;
constexpr double kWeightOfSecond = 0.5;
// The generalised Pareto tail of new extremes: shape 1/4, and of scale range / 80, so that the
// probability is (1 + 20 excess / range)^-4. Shape after Coles, An Introduction to Statistical
// Modeling of Extreme Values, 2001, ch. 4; both constants measured, docs/anomaly.md.
constexpr double kInverseShape = 4.0;
constexpr double kExcessScale = 20.0;

constexpr double kPowerOfTail = 3.0;
// Squares of values up to this are far from overflow.
constexpr double kLargestValue = 1e100;

}  // namespace

namespace anomaly_state {

std::size_t Tail::cell_of(double feature) {
  if (!(feature > 0.0)) return 0;
  int exponent = 0;
  const double half = std::frexp(feature, &exponent);  // 0.5 to 1
  // 2^-3/4, 2^-1/2, 2^-1/4: compared with instead of a logarithm, which libraries round unlike.
  const int quarter = (half >= 0.5946035575013605 ? 1 : 0) + (half >= 0.7071067811865476 ? 1 : 0) +
                      (half >= 0.8408964152537145 ? 1 : 0);
  const int cell = (exponent - 1) * kCellsPerOctave + quarter + kCellOfOne;
  return static_cast<std::size_t>(std::clamp(cell, 1, static_cast<int>(kCells) - 1));
}

double Tail::decades(double feature) const {
  if (total_ == 0) return 0.0;
  const double past = total_ + 1.0;
  if (feature > largest_ && largest_ > 0.0) {
    return std::min(kAnomalyDecadesMax,
                    std::log10(past / 0.5) + kPowerOfTail * std::log10(feature / largest_));
  }
  const auto from = counts_.begin() + static_cast<std::ptrdiff_t>(cell_of(feature));
  const std::uint32_t as_large = std::accumulate(from, counts_.end(), std::uint32_t{0});
  return std::min(kAnomalyDecadesMax, std::log10(past / (as_large + 0.5)));
}

void Tail::add(double feature) {
  ++counts_[cell_of(feature)];
  ++total_;
  largest_ = std::max(largest_, feature);
  if (total_ <= kCountMax) return;
  total_ = 0;
  for (std::uint16_t& count : counts_) {
    count = static_cast<std::uint16_t>(count / 2);
    total_ += count;
  }
}

void Mean::add(double sample, std::uint32_t span) {
  count = std::min(count + 1, span);
  value += (sample - value) / count;
}

}  // namespace anomaly_state

std::optional<double> AnomalyDetector::update(Instant tick, double value) {
  const bool first = beats_ == 0 && gathered_ == 0;
  if (first) origin_ = tick;
  const Duration age = tick - beat_began_;
  sum_ += std::clamp(value, -kLargestValue, kLargestValue);
  ++gathered_;
  const bool full = gathered_ == std::numeric_limits<std::uint32_t>::max();
  if (!first && !full && age >= Duration{} && age < kBeat) return std::nullopt;
  const double mean = sum_ / gathered_;
  sum_ = 0.0;
  gathered_ = 0;
  beat_began_ = tick;
  return score(tick, mean);
}

double AnomalyDetector::score(Instant tick, double value) {
  if (beats_ == 0) previous_ = low_ = high_ = value;
  Evidence evidence;
  weigh_extreme(value, evidence);
  weigh_hour(tick, value, evidence);
  weigh_change(std::abs(value - previous_), evidence);
  weigh_level(value, evidence);

  low_ = std::min(low_, value);
  high_ = std::max(high_, value);
  previous_ = value;
  // 40,000 years of beats.
  if (beats_ < std::numeric_limits<std::uint32_t>::max()) ++beats_;
  return evidence.strongest + kWeightOfSecond * evidence.second;
}

void AnomalyDetector::Evidence::add(double decades) {
  second = std::max(second, std::min(decades, strongest));
  strongest = std::max(strongest, decades);
}

double AnomalyDetector::decades(const Tail& tail, double feature) const {
  return beats_ > kBeatsBeforeScore ? tail.decades(feature) : 0.0;
}

double AnomalyDetector::grain() const {
  const double size = std::max(std::abs(low_), std::abs(high_));
  return std::max(1e-9 * size, std::numeric_limits<double>::min());
}

// Of n exchangeable values the next is beyond all of them with probability 2/n (Feller, An
// Introduction to Probability Theory, 1966, vol. 2, I.5); by how much adds the Pareto tail.
void AnomalyDetector::weigh_extreme(double value, Evidence& evidence) const {
  const double excess = std::max(value - high_, low_ - value);
  if (beats_ <= kBeatsBeforeScore || excess <= 0.0) return;
  const double share = excess / std::max(high_ - low_, grain());
  evidence.add(
      std::min(kAnomalyDecadesMax,
               std::log10(beats_ / 2.0) + kInverseShape * std::log10(1.0 + kExcessScale * share)));
}

// What the hour of the day does not explain, smoothed twice, in units of the hour's spread.
void AnomalyDetector::weigh_hour(Instant tick, double value, Evidence& evidence) {
  constexpr Duration kLengthOfDay = std::chrono::hours(24);
  Duration phase = (tick - origin_) % kLengthOfDay;
  if (phase < Duration{}) phase += kLengthOfDay;
  Hour& hour = hours_[static_cast<std::size_t>(phase / std::chrono::hours(1))];
  const double residual = value - hour.mean.value;
  const double square = residual * residual;
  if (hour.mean.count == 0) {
    hour.mean.add(value, kThirtyDaysOfAnHour);
    return;
  }
  const double variance =
      (hour.square.value * hour.mean.count + square_residual_.value * kBeatsOfPrior) /
      (hour.mean.count + kBeatsOfPrior);
  const double spread = std::sqrt(variance) + grain();
  residual_half_hour_ += (residual - residual_half_hour_) / kHalfHour;
  residual_4_hours_ += (residual - residual_4_hours_) / kFourHours;
  const double quick = std::abs(residual_half_hour_) / spread;
  const double slow = std::abs(residual_4_hours_) / spread;
  evidence.add(decades(residual_half_hour_tail_, quick));
  evidence.add(decades(residual_4_hours_tail_, slow));
  residual_half_hour_tail_.add(quick);
  residual_4_hours_tail_.add(slow);
  square_residual_.add(square, kDay);
  hour.mean.add(value, kThirtyDaysOfAnHour);
  hour.square.add(square, kThirtyDaysOfAnHour);
}

// One change, and how lively the channel has been of late, both against the last half day.
void AnomalyDetector::weigh_change(double change, Evidence& evidence) {
  change_12_hours_.add(change, kTwelveHours);
  change_8_hours_.add(change, kEightHours);
  const double usual = change_12_hours_.value + grain();
  const double jump = change / usual;
  const double activity = (change_8_hours_.value + grain()) / usual;
  evidence.add(kWeightOfChange * decades(change_tail_, jump));
  evidence.add(decades(activity_tail_, activity));
  change_tail_.add(jump);
  activity_tail_.add(activity);
}

void AnomalyDetector::weigh_level(double value, Evidence& evidence) {
  if (beats_ == 0) level_12_hours_.value = value;
  level_2_hours_.add(value, kTwoHours);
  const double shift = std::abs(level_2_hours_.value - level_12_hours_.value) /
                       (std::sqrt(square_about_level_.value) + grain());
  evidence.add(decades(level_tail_, shift));
  level_tail_.add(shift);
  const double off = value - level_12_hours_.value;
  level_12_hours_.add(value, kTwelveHours);
  square_about_level_.add(off * off, kTwelveHours);
}

AnomalyAlarm::AnomalyAlarm(double decades) : decades_(decades) {
  CHECK(decades > 0.0);
}

bool AnomalyAlarm::update(double score) {
  if (beats_since_ < kForgotten) ++beats_since_;
  if (cooling_down()) return false;
  const double habituation = beats_since_ == kForgotten
                                 ? 0.0
                                 : std::exp(-static_cast<double>(beats_since_) / kHabituationBeats);
  if (score < decades_ + habituation) return false;
  beats_since_ = 0;
  return true;
}

}  // namespace sluice
