#pragma once
// Predictors: each guesses the next integer of a column from those before it, whatever they are;
// all arithmetic wraps around. Every one begins with the first integer, which is known.
//
//   std::int64_t predict() const;   the guess
//   bool leans_up() const;          whether the next likeliest is the number above it, not below
//   void add(std::int64_t);         what it really was

#include <algorithm>
#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>

#include "chunk/integer.hpp"

namespace sluice::chunk {

// A constant, with strays.
class Base {
 public:
  explicit Base(std::int64_t base) : base_(base) {}
  std::int64_t predict() const { return base_; }
  bool leans_up() const { return false; }
  void add(std::int64_t) {}

 private:
  std::int64_t base_;
};

// The one before.
class Last {
 public:
  explicit Last(std::int64_t first) : last_(first) {}
  std::int64_t predict() const { return last_; }
  bool leans_up() const { return false; }
  void add(std::int64_t integer) { last_ = integer; }

 private:
  std::int64_t last_;
};

// Exponentially smoothed level that drifts at a constant rate, with kFraction binary digits. Shift
// 0 is the one before, plus the drift.
class Level {
 public:
  static constexpr unsigned kFraction = 12;
  static constexpr unsigned kShiftMax = 5;
  // `drift` per step, in units of 2^-kDriftFraction.
  static constexpr unsigned kDriftFraction = 8;

  Level(std::int64_t first, unsigned shift, std::int64_t drift)
      : drift_(static_cast<std::uint64_t>(drift) << (kFraction - kDriftFraction)),
        level_(scaled(first) + drift_),
        shift_(shift) {}

  std::int64_t predict() const { return static_cast<std::int64_t>(level_ + kHalf) >> kFraction; }
  bool leans_up() const { return static_cast<std::int64_t>(level_ - scaled(predict())) > 0; }
  void add(std::int64_t integer) {
    // The first few weigh as in a plain mean.
    if (warm_ < shift_ && ++seen_ == 2U << warm_) ++warm_;
    const auto error = static_cast<std::int64_t>(scaled(integer) - level_);
    level_ += static_cast<std::uint64_t>(error >> warm_) + drift_;
  }

 private:
  static constexpr std::uint64_t kHalf = std::uint64_t{1} << (kFraction - 1);
  static constexpr std::uint64_t scaled(std::int64_t integer) {
    return static_cast<std::uint64_t>(integer) << kFraction;
  }

  std::uint64_t drift_;
  std::uint64_t level_;
  unsigned seen_ = 1;
  unsigned warm_ = 0;  // the shift so far
  unsigned shift_;
};

// On a straight line through the last two.
class Line {
 public:
  explicit Line(std::int64_t first) : last_(first), before_(first) {}
  std::int64_t predict() const { return wrapping_sum(last_, wrapping_difference(last_, before_)); }
  bool leans_up() const { return false; }
  void add(std::int64_t integer) {
    before_ = last_;
    last_ = integer;
  }

 private:
  std::int64_t last_;
  std::int64_t before_;
};

// On a parabola through the last three.
class Parabola {
 public:
  explicit Parabola(std::int64_t first) : last_(first), before_(first), third_(first) {}
  std::int64_t predict() const {
    return wrapping_sum(third_, wrapping_product(3, wrapping_difference(last_, before_)));
  }
  bool leans_up() const { return false; }
  void add(std::int64_t integer) {
    third_ = before_;
    before_ = last_;
    last_ = integer;
  }

 private:
  std::int64_t last_;
  std::int64_t before_;
  std::int64_t third_;
};

// A weighted sum of the last few, as vibration has it: what an echo, a filter or a resonance says
// of the next. Weights are integers in units of 2^-precision and apply to distances from `base`.
struct LinearModel {
  static constexpr unsigned kOrderMax = 8;
  static constexpr unsigned kOrderBits = 3;  // for the order less one
  static constexpr unsigned kPrecisionMax = 15;
  static constexpr unsigned kPrecisionBits = 4;

  std::int64_t base = 0;
  unsigned order = 0;
  unsigned precision = 0;
  std::array<std::int64_t, kOrderMax> weights{};  // of the last, the one before, ...
};

class Linear {
 public:
  Linear(std::int64_t first, const LinearModel& model) : model_(model) {
    last_.fill(wrapping_difference(first, model.base));
  }
  std::int64_t predict() const {
    std::int64_t sum = (std::int64_t{1} << model_.precision) >> 1;
    for (unsigned i = 0; i < LinearModel::kOrderMax; ++i) {
      sum = wrapping_sum(sum, wrapping_product(model_.weights[i], last_[i]));
    }
    return wrapping_sum(model_.base, sum >> model_.precision);
  }
  bool leans_up() const { return false; }
  void add(std::int64_t integer) {
    for (unsigned i = LinearModel::kOrderMax - 1; i > 0; --i) last_[i] = last_[i - 1];
    last_[0] = wrapping_difference(integer, model_.base);
  }

 private:
  LinearModel model_;
  std::array<std::int64_t, LinearModel::kOrderMax> last_;
};

}  // namespace sluice::chunk
