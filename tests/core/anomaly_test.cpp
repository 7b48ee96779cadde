#include "core/anomaly.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <iterator>
#include <limits>
#include <numbers>
#include <optional>
#include <random>
#include <vector>

#include "tests/core/allocations.hpp"
#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {

using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(Anomaly) {
  static constexpr Duration kBeat = AnomalyDetector::kBeat;
  static constexpr std::size_t kDay = 288;

  static Instant beat(std::size_t number) {
    return instant_from_ns(0) + static_cast<std::int64_t>(number) * kBeat;
  }
  // A value a beat.
  static std::vector<double> scores_of(const std::vector<double>& values) {
    AnomalyDetector detector;
    std::vector<double> scores;
    for (std::size_t i = 0; i < values.size(); ++i) {
      scores.push_back(detector.update(beat(i), values[i]).value_or(-1.0));
    }
    return scores;
  }
  static std::vector<std::size_t> alarms_of(const std::vector<double>& values) {
    AnomalyAlarm alarm(kAnomalyDecades);
    const std::vector<double> scores = scores_of(values);
    std::vector<std::size_t> alarms;
    for (std::size_t i = 0; i < scores.size(); ++i) {
      if (alarm.update(scores[i])) alarms.push_back(i);
    }
    return alarms;
  }
  // The course of days, with noise of 1. Sums of uniform values, the same on every machine.
  static std::vector<double> days(std::size_t count, double swing = 10.0, unsigned seed = 1) {
    std::mt19937 random(seed);
    std::vector<double> values;
    for (std::size_t i = 0; i < count * kDay; ++i) {
      double noise = -6.0;
      for (int part = 0; part < 12; ++part) noise += static_cast<double>(random()) * 0x1p-32;
      const double phase = 2.0 * std::numbers::pi * static_cast<double>(i) / kDay;
      values.push_back(50.0 + swing * std::sin(phase) + noise);
    }
    return values;
  }
  static bool has_alarm(const std::vector<std::size_t>& alarms, std::size_t from,
                        std::size_t before) {
    for (const std::size_t alarm : alarms) {
      if (alarm >= from && alarm < before) return true;
    }
    return false;
  }
};

TEST(Anomaly, raises_nothing_on_a_constant_signal) {
  LONGS_EQUAL(0, alarms_of(std::vector<double>(30 * kDay, 21.5)).size());
  LONGS_EQUAL(0, alarms_of(std::vector<double>(3 * kDay, 0.0)).size());
}

TEST(Anomaly, raises_nothing_on_a_signal_that_repeats_itself) {
  std::vector<double> values;
  for (std::size_t i = 0; i < 20 * kDay; ++i) values.push_back(i % kDay < kDay / 2 ? 20.0 : 80.0);
  // The first cycle has to be learnt.
  CHECK_FALSE(has_alarm(alarms_of(values), kDay, values.size()));
}

TEST(Anomaly, raises_at_most_two_alarms_a_week_on_noise_about_the_days_course) {
  for (unsigned seed = 1; seed <= 5; ++seed) {
    const std::size_t alarms = alarms_of(days(28, 10.0, seed)).size();
    CHECK_TRUE(alarms <= 8);
  }
}

TEST(Anomaly, finds_a_value_outside_all_that_was_seen) {
  std::vector<double> values = days(14);
  values[3'500] = 90.0;
  // Without the extreme the jump and the residual come to 8.4.
  CHECK_TRUE(scores_of(values)[3'500] > 9.0);
}

TEST(Anomaly, finds_an_afternoon_in_the_night) {
  std::vector<double> values = days(14, 20.0);
  // Where the course is at its lowest the values of its highest; none of them is new.
  const std::size_t night = 10 * kDay + kDay * 5 / 8;
  for (std::size_t i = 0; i < kDay / 4; ++i) values[night + i] = values[night + i - kDay / 2];
  CHECK_TRUE(has_alarm(alarms_of(values), night, night + kDay / 4));
}

TEST(Anomaly, finds_a_day_that_stays_flat) {
  std::vector<double> values = days(14, 20.0);
  for (std::size_t i = 10 * kDay; i < 11 * kDay; ++i) values[i] = 40.0;
  CHECK_TRUE(has_alarm(alarms_of(values), 10 * kDay, 11 * kDay));
}

TEST(Anomaly, finds_a_jump_inside_the_range) {
  std::vector<double> values = days(14, 20.0);
  const std::size_t peak = 10 * kDay + kDay / 4;
  values[peak] = 30.0;
  const std::vector<double> scores = scores_of(values);
  CHECK_TRUE(scores[peak] > kAnomalyDecades);
}

TEST(Anomaly, finds_a_channel_that_became_restless) {
  std::vector<double> values = days(14, 20.0);
  for (std::size_t i = 10 * kDay; i < 11 * kDay; ++i) values[i] += i % 2 == 0 ? 1.5 : -1.5;
  CHECK_TRUE(has_alarm(alarms_of(values), 10 * kDay, 11 * kDay));
}

TEST(Anomaly, finds_a_shift_of_the_level) {
  // A course of 4.5 hours: no hour of the day has a mean that says much.
  std::vector<double> values = days(14, 0.0);
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double day = static_cast<double>(i) / kDay;
    values[i] += 10.0 * std::sin(2.0 * std::numbers::pi * 5.3 * day);
    if (i >= 10 * kDay && i < 11 * kDay) {
      values[i] += std::sin(2.0 * std::numbers::pi * 1.37 * day) > 0.0 ? -4.0 : 4.0;
    }
  }
  const std::vector<double> scores = scores_of(values);
  const double most = *std::max_element(scores.begin() + 10 * kDay, scores.begin() + 11 * kDay);
  // Without the level the others come to 5.0.
  CHECK_TRUE(most > 5.2);
}

TEST(Anomaly, score_of_a_beginning_does_not_depend_on_what_follows) {
  const std::vector<double> whole = days(6);
  const std::vector<double> scores = scores_of(whole);
  std::mt19937 random(2);
  for (int trial = 0; trial < 20; ++trial) {
    const std::size_t cut = random() % whole.size();
    std::vector<double> other(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(cut));
    for (std::size_t i = cut; i < whole.size(); ++i)
      other.push_back(1e6 * static_cast<double>(i % 3));
    const std::vector<double> beginning = scores_of(other);
    for (std::size_t i = 0; i < cut; ++i) DOUBLES_EQUAL(scores[i], beginning[i], 0.0);
  }
}

TEST(Anomaly, goes_on_from_a_stored_state_as_if_never_stopped) {
  const std::vector<double> values = days(6);
  const std::vector<double> scores = scores_of(values);
  AnomalyDetector detector;
  for (std::size_t i = 0; i < values.size(); ++i) {
    // Through plain bytes, at cuts that fall anywhere.
    if (i % 37 == 0) {
      std::vector<std::byte> stored(sizeof(detector));
      std::memcpy(stored.data(), &detector, sizeof(detector));
      detector = AnomalyDetector();
      std::memcpy(&detector, stored.data(), sizeof(detector));
    }
    DOUBLES_EQUAL(scores[i], *detector.update(beat(i), values[i]), 0.0);
  }
}

TEST(Anomaly, does_not_depend_on_where_the_clock_stands) {
  const std::vector<double> values = days(4);
  const std::vector<double> scores = scores_of(values);
  AnomalyDetector later;
  for (std::size_t i = 0; i < values.size(); ++i) {
    DOUBLES_EQUAL(scores[i], *later.update(beat(i) + hours(12'345) + minutes(25), values[i]), 0.0);
  }
}

TEST(Anomaly, does_not_depend_on_the_unit) {
  const std::vector<double> values = days(4);
  std::vector<double> in_other_unit;
  // A power of two, so that nothing is rounded.
  for (const double value : values) in_other_unit.push_back(value * 0x1p-40);
  const std::vector<double> scores = scores_of(values);
  const std::vector<double> others = scores_of(in_other_unit);
  for (std::size_t i = 0; i < values.size(); ++i) DOUBLES_EQUAL(scores[i], others[i], 1e-9);
}

TEST(Anomaly, gathers_fast_readings_to_their_mean) {
  const std::vector<double> values = days(4);
  AnomalyDetector slow;
  AnomalyDetector fast;
  slow.update(beat(0), values[0]);
  fast.update(beat(0), values[0]);
  for (std::size_t i = 1; i < values.size(); ++i) {
    for (int minute = 1; minute < 5; ++minute) {
      const double off = minute - 3.0;  // -2, -1, 0, 1 and, with the last, 2
      CHECK_FALSE(fast.update(beat(i - 1) + minutes(minute), values[i] + off).has_value());
    }
    DOUBLES_EQUAL(*slow.update(beat(i), values[i]), *fast.update(beat(i), values[i] + 2.0), 1e-6);
  }
}

TEST(Anomaly, takes_values_that_would_overflow_as_the_largest) {
  AnomalyDetector largest;
  AnomalyDetector beyond;
  for (std::size_t i = 0; i < 2'000; ++i) {
    const bool spike = i % 400 == 399;
    const double score = largest.update(beat(i), spike ? 1e100 : 1e99).value();
    DOUBLES_EQUAL(score, beyond.update(beat(i), spike ? 1e300 : 1e99).value(), 0.0);
  }
}

TEST(Anomaly, says_nothing_before_it_has_seen_enough) {
  std::vector<double> values = days(1);
  for (std::size_t i = 0; i <= AnomalyDetector::kBeatsBeforeScore; i += 10) values[i] = 1e9;
  const std::vector<double> scores = scores_of(values);
  for (std::size_t i = 0; i <= AnomalyDetector::kBeatsBeforeScore; ++i) {
    DOUBLES_EQUAL(0.0, scores[i], 0.0);
  }
}

TEST(Anomaly, scores_stay_finite_whatever_the_values_are) {
  constexpr double kHuge = std::numeric_limits<double>::max();
  constexpr double kTiny = std::numeric_limits<double>::denorm_min();
  const double odd[] = {kHuge, -kHuge, 0.0, -0.0, kTiny, -kTiny, 1.0, 1e100, -1e-300};
  std::mt19937 random(4);
  AnomalyDetector detector;
  for (std::size_t i = 0; i < 5'000; ++i) {
    const double score = detector.update(beat(i), odd[random() % std::size(odd)]).value();
    CHECK_TRUE(std::isfinite(score));
    CHECK_TRUE(score >= 0.0 && score <= 1.5 * kAnomalyDecadesMax);
  }
}

TEST(Anomaly, takes_a_step_back_of_time_as_a_beat) {
  AnomalyDetector detector;
  CHECK_TRUE(detector.update(beat(100), 1.0).has_value());
  CHECK_TRUE(detector.update(beat(88), 1.0).has_value());
  CHECK_TRUE(detector.update(beat(89), 1.0).has_value());
  CHECK_FALSE(detector.update(beat(89) + seconds(1), 1.0).has_value());
}

TEST(Anomaly, does_not_allocate) {
  const std::vector<double> values = days(3);
  AnomalyDetector detector;
  AnomalyAlarm alarm(kAnomalyDecades);
  LONGS_EQUAL(0, allocations_during([&] {
                for (std::size_t i = 0; i < values.size(); ++i) {
                  alarm.update(detector.update(beat(i), values[i]).value_or(0.0));
                }
              }));
}

TEST_GROUP(AnomalyTail) {
  anomaly_state::Tail tail;
};

TEST(AnomalyTail, of_nothing_says_nothing) {
  DOUBLES_EQUAL(0.0, tail.decades(1e9), 0.0);
}

TEST(AnomalyTail, counts_the_share_as_large) {
  for (int i = 0; i < 990; ++i) tail.add(1.0);
  for (int i = 0; i < 10; ++i) tail.add(4.0);
  DOUBLES_EQUAL(std::log10(1'001.0 / 1'000.5), tail.decades(1.0), 1e-12);
  DOUBLES_EQUAL(std::log10(1'001.0 / 10.5), tail.decades(2.0), 1e-12);
  DOUBLES_EQUAL(std::log10(1'001.0 / 10.5), tail.decades(4.0), 1e-12);
}

TEST(AnomalyTail, falls_with_the_third_power_beyond_the_largest) {
  for (int i = 0; i < 1'000; ++i) tail.add(2.0);
  DOUBLES_EQUAL(std::log10(2'002.0) + 3.0, tail.decades(20.0), 1e-9);
  DOUBLES_EQUAL(kAnomalyDecadesMax, tail.decades(1e300), 0.0);
}

TEST(AnomalyTail, halves_its_past_before_a_count_can_overflow) {
  for (int i = 0; i < 1'000'000; ++i) tail.add(1.0);
  const double decades = tail.decades(2.0 * 1.0);
  CHECK_TRUE(decades > std::log10(5'000.0 / 0.5));
  CHECK_TRUE(decades < std::log10(10'002.0 / 0.5) + 1.0);
  DOUBLES_EQUAL(0.0, tail.decades(1.0), 1e-3);
}

TEST(AnomalyTail, puts_each_quarter_octave_in_a_cell_of_its_own) {
  for (int k = -20; k < 36; ++k) tail.add(std::exp2((k + 0.5) / 4.0));
  for (int k = -20; k < 36; ++k) {
    const double as_large = 36.0 - k;
    DOUBLES_EQUAL(std::log10(57.0 / (as_large + 0.5)), tail.decades(std::exp2((k + 0.2) / 4.0)),
                  1e-12);
  }
}

TEST_GROUP(AnomalyAlarm){};

TEST(AnomalyAlarm, is_raised_from_its_decades_on) {
  AnomalyAlarm alarm(4.0);
  CHECK_FALSE(alarm.update(std::nextafter(4.0, 0.0)));
  CHECK_FALSE(alarm.cooling_down());
  CHECK_TRUE(alarm.update(4.0));
  CHECK_TRUE(alarm.cooling_down());
}

TEST(AnomalyAlarm, stays_silent_for_its_cool_down) {
  AnomalyAlarm alarm(4.0);
  CHECK_TRUE(alarm.update(9.0));
  for (std::uint32_t i = 1; i < AnomalyAlarm::kCooldownBeats; ++i) {
    CHECK_FALSE(alarm.update(9.0));
    CHECK_TRUE(alarm.cooling_down());
  }
  CHECK_TRUE(alarm.update(9.0));
}

TEST(AnomalyAlarm, wants_more_soon_after_the_last_and_less_later) {
  AnomalyAlarm alarm(4.0);
  CHECK_TRUE(alarm.update(4.0));
  std::uint32_t beats = 0;
  while (!alarm.update(4.5)) ++beats;
  // exp(-t / 1000) = 1/2.
  LONGS_EQUAL(693, beats);
  for (int i = 0; i < 20'000; ++i) alarm.update(0.0);
  CHECK_TRUE(alarm.update(4.0));
}

TEST(AnomalyAlarm, needs_decades_above_nothing) {
  CHECK_FALSE(last_words([] { AnomalyAlarm alarm(0.0); }).empty());
}

}  // namespace sluice
