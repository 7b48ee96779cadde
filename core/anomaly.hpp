#pragma once
// How unusual is a reading, judged by nothing but the readings before it? Six unlike features of
// one channel, each turned into the probability of being so far out by chance, and an alarm when
// that is too small. Both classes are plain values of fixed size, owned by the real-time thread:
// they do not allocate, lock, log or know a clock. docs/anomaly.md has the reasons and what was
// measured.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

#include "core/alert.hpp"
#include "core/time.hpp"

namespace sluice {

// A score counts decades: 4 stands for odds of 1 in 10^4 for one beat of one feature. No feature
// alone counts for more than this; two that agree come to half as much again.
inline constexpr double kAnomalyDecadesMax = 9.0;
// Where an alarm is raised unless the operator says otherwise.
inline constexpr double kAnomalyDecades = Anomaly{}.decades;

namespace anomaly_state {

// What share of a feature's past was as large as this? A histogram of quarter octaves; beyond the
// largest value seen a Pareto tail, P(F > f) = P(F > largest) (largest / f)^3: the moments that
// the features are scaled by exist, and little more is promised.
class Tail {
 public:
  // -log10 of that share, counting the whole cell that `feature` falls into, 0 before the first
  // add(). The past is taken as half a value larger than it was, so that nothing is impossible.
  // REQUIRES: feature >= 0.
  double decades(double feature) const;
  // REQUIRES: feature >= 0.
  void add(double feature);

 private:
  // From 2^-6 to 2^9.75; cell 0 is for no deviation at all, the last for all beyond.
  static constexpr std::size_t kCells = 64;
  static constexpr int kCellsPerOctave = 4;
  static constexpr int kCellOfOne = 24;
  // Then all counts are halved, so that what a channel did a month ago (of 5 min beats) weighs
  // half.
  static constexpr std::uint32_t kCountMax = 10'000;

  static std::size_t cell_of(double feature);

  std::array<std::uint16_t, kCells> counts_{};
  std::uint32_t total_ = 0;
  double largest_ = 0.0;
};

// Exponentially weighted mean over `span` beats; while there are fewer, the plain mean of them, so
// that the first values do not weigh more than others.
struct Mean {
  double value = 0.0;
  std::uint32_t count = 0;  // stops at the span
  void add(double sample, std::uint32_t span);
};

}  // namespace anomaly_state

// The scores of one channel.
class AnomalyDetector {
 public:
  // Readings that come faster are averaged to one value a beat; slower ones are a beat each. All
  // memory is counted in beats, and at this one its constants were measured.
  static constexpr Duration kBeat = std::chrono::minutes(5);
  // No score before so many beats: a tail of fewer says nothing.
  static constexpr std::uint32_t kBeatsBeforeScore = 100;

  // Takes one good value. Returns the score of the beat that it completes, from 0 to 1.5 times
  // kAnomalyDecadesMax; none when the beat is not over, so that a score is at most a beat late.
  // Depends on this value and those before alone. A tick that goes back begins a beat; values
  // beyond +-1e100 are taken as that. REQUIRES: value is finite.
  std::optional<double> update(Instant tick, double value);

 private:
  // A mean and a mean square of what is left of it, for each hour of a day that began with the
  // first reading: the day's course needs no wall clock.
  struct Hour {
    anomaly_state::Mean mean;
    anomaly_state::Mean square;
  };
  static constexpr std::size_t kHours = 24;

  struct Evidence {
    double strongest = 0.0;
    double second = 0.0;
    void add(double decades);
  };

  double score(Instant tick, double value);
  double decades(const anomaly_state::Tail& tail, double feature) const;
  void weigh_extreme(double value, Evidence& evidence) const;
  void weigh_hour(Instant tick, double value, Evidence& evidence);
  void weigh_change(double change, Evidence& evidence);
  void weigh_level(double value, Evidence& evidence);
  // What is nothing but rounding beside the values seen.
  double grain() const;

  // The beat that is being gathered.
  double sum_ = 0.0;
  std::uint32_t gathered_ = 0;
  Instant beat_began_{};
  Instant origin_{};  // of the days

  std::uint32_t beats_ = 0;
  double previous_ = 0.0;
  double low_ = 0.0;
  double high_ = 0.0;

  std::array<Hour, kHours> hours_{};
  anomaly_state::Mean square_residual_{};  // over all hours
  double residual_half_hour_ = 0.0;        // smoothed
  double residual_4_hours_ = 0.0;
  anomaly_state::Mean change_12_hours_{};  // of |change|
  anomaly_state::Mean change_8_hours_{};
  anomaly_state::Mean level_2_hours_{};
  anomaly_state::Mean level_12_hours_{};
  anomaly_state::Mean square_about_level_{};

  anomaly_state::Tail residual_half_hour_tail_{};
  anomaly_state::Tail residual_4_hours_tail_{};
  anomaly_state::Tail change_tail_{};
  anomaly_state::Tail activity_tail_{};
  anomaly_state::Tail level_tail_{};
};
static_assert(std::is_trivially_copyable_v<AnomalyDetector>);
static_assert(sizeof(AnomalyDetector) <= 4'096);

// When scores become alarms: one rule of one channel. After an alarm there is none for a cool-down;
// then the next has to be a decade more unusual, and less and less so with time, for what goes on
// for long, or comes back, is not news.
class AnomalyAlarm {
 public:
  static constexpr std::uint32_t kCooldownBeats = 50;
  static constexpr std::uint32_t kHabituationBeats = 1'000;  // to a decade / e

  // REQUIRES: decades > 0.
  explicit AnomalyAlarm(double decades);

  // One beat's score; true when it is an alarm.
  bool update(double score);
  // Neither before the first alarm nor after the cool-down of the last.
  bool cooling_down() const { return beats_since_ < kCooldownBeats; }

 private:
  // More than this and the last alarm no longer counts; also: there was none.
  static constexpr std::uint32_t kForgotten = 20 * kHabituationBeats;

  double decades_;
  std::uint32_t beats_since_ = kForgotten;
};
static_assert(std::is_trivially_copyable_v<AnomalyAlarm>);

}  // namespace sluice
