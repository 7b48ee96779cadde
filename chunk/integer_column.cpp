#include "chunk/integer_column.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <limits>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "chunk/integer.hpp"
#include "chunk/linear_fit.hpp"
#include "chunk/predictor.hpp"
#include "chunk/residuals.hpp"

namespace sluice::chunk {
namespace {

using Integers = std::span<const std::int64_t>;

// How a column is predicted. The numbers are part of the format: kLevel stands for one kind per
// shift from 1, kDrift for one per shift from 0.
constexpr unsigned kConstant = 0;
constexpr unsigned kBase = 1;
constexpr unsigned kLast = 2;
constexpr unsigned kLine = 3;
constexpr unsigned kParabola = 4;
constexpr unsigned kLinear = 5;
constexpr unsigned kLevel = 6;
constexpr unsigned kDrift = 11;
constexpr unsigned kKinds = 16;
constexpr unsigned kKindBits = 4;
constexpr unsigned kLevels = kDrift - kLevel;
constexpr unsigned kDrifts = kKinds - kDrift;

struct Prediction {
  unsigned kind = kConstant;
  std::int64_t parameter = 0;  // the base, or the drift
  LinearModel linear{};
};

// Calls `with` with the predictor.
template <typename With>
void visit(const Prediction& prediction, std::int64_t first, With with) {
  switch (prediction.kind) {
    case kConstant:
    case kLast:
      return with(Last(first));
    case kBase:
      return with(Base(prediction.parameter));
    case kLine:
      return with(Line(first));
    case kParabola:
      return with(Parabola(first));
    case kLinear:
      return with(Linear(first, prediction.linear));
    default:
      break;
  }
  const bool drifts = prediction.kind >= kDrift;
  const unsigned shift = drifts ? prediction.kind - kDrift : prediction.kind - kLevel + 1;
  with(Level(first, shift, prediction.parameter));
}

template <typename Predictor>
std::uint64_t residual_of(const Predictor& predictor, std::int64_t integer) {
  const std::int64_t error = wrapping_difference(integer, predictor.predict());
  return fold(predictor.leans_up() ? wrapping_difference(0, error) : error);
}

template <typename Predictor>
std::int64_t integer_of(const Predictor& predictor, std::uint64_t residual) {
  const std::int64_t error = unfold(residual);
  return wrapping_sum(predictor.predict(),
                      predictor.leans_up() ? wrapping_difference(0, error) : error);
}

std::vector<std::uint64_t> residuals_of(Integers integers, const Prediction& prediction) {
  std::vector<std::uint64_t> residuals(integers.size() - 1);
  visit(prediction, integers.front(), [&](auto predictor) {
    for (std::size_t i = 1; i < integers.size(); ++i) {
      residuals[i - 1] = residual_of(predictor, integers[i]);
      predictor.add(integers[i]);
    }
  });
  return residuals;
}

std::uint64_t cost_of(std::uint64_t residual) {
  return static_cast<std::uint64_t>(std::bit_width(residual));
}

template <typename Predictor>
class Trial {
 public:
  explicit Trial(Predictor predictor) : predictor_(predictor) {}
  void add(std::int64_t integer) {
    cost_ += cost_of(residual_of(predictor_, integer));
    predictor_.add(integer);
  }
  std::uint64_t cost() const { return cost_; }

 private:
  Predictor predictor_;
  std::uint64_t cost_ = 0;
};

class Choice {
 public:
  void offer(const Prediction& prediction, std::uint64_t cost) {
    if (cost >= cost_) return;
    best_ = prediction;
    cost_ = cost;
  }
  const Prediction& best() const { return best_; }
  std::uint64_t cost() const { return cost_; }

 private:
  Prediction best_;
  std::uint64_t cost_ = std::numeric_limits<std::uint64_t>::max();
};

std::uint64_t bits_of_number(std::uint64_t value) {
  BitCounter counter;
  put_number(counter, value, kWide);
  return counter.bits();
}

// What most of the integers are, if most are the same.
std::int64_t majority_of(Integers integers) {
  std::int64_t candidate = integers.front();
  std::size_t votes = 0;
  for (const std::int64_t integer : integers) {
    if (votes == 0) candidate = integer;
    votes += integer == candidate ? std::size_t{1} : std::size_t(-1);
  }
  return candidate;
}

void try_plain(Integers integers, Choice& choice) {
  const std::int64_t first = integers.front();
  const std::int64_t base = majority_of(integers);
  Trial by_base{Base(base)};
  Trial by_last{Last(first)};
  Trial by_line{Line(first)};
  Trial by_parabola{Parabola(first)};
  for (const std::int64_t integer : integers.subspan(1)) {
    by_base.add(integer);
    by_last.add(integer);
    by_line.add(integer);
    by_parabola.add(integer);
  }
  choice.offer({kLast}, by_last.cost());
  choice.offer({kBase, base}, by_base.cost() + bits_of_number(fold(base)));
  choice.offer({kLine}, by_line.cost());
  choice.offer({kParabola}, by_parabola.cost());
}

void try_levels(Integers integers, unsigned kind, std::int64_t drift, Choice& choice) {
  const std::int64_t first = integers.front();
  const unsigned shift = kind == kDrift ? 0 : 1;
  std::array trials{Trial{Level(first, shift, drift)}, Trial{Level(first, shift + 1, drift)},
                    Trial{Level(first, shift + 2, drift)}, Trial{Level(first, shift + 3, drift)},
                    Trial{Level(first, shift + 4, drift)}};
  static_assert(kLevels == 5 && kDrifts == 5);
  for (const std::int64_t integer : integers.subspan(1)) {
    for (auto& trial : trials) trial.add(integer);
  }
  const std::uint64_t parameter = kind == kDrift ? bits_of_number(fold(drift)) : 0;
  for (unsigned i = 0; i < trials.size(); ++i) {
    choice.offer({kind + i, drift}, trials[i].cost() + parameter);
  }
}

// Mean step, in units of the drift.
std::int64_t drift_of(Integers integers) {
  const std::int64_t span = wrapping_difference(integers.back(), integers.front());
  const auto steps = static_cast<std::int64_t>(integers.size() - 1);
  constexpr std::int64_t kUnit = std::int64_t{1} << Level::kDriftFraction;
  return wrapping_product(span, kUnit) / steps;
}

void try_linear(Integers integers, Choice& choice) {
  const std::optional<LinearModel> model = fit_linear(integers);
  if (!model) return;
  std::uint64_t cost = bits_of_number(fold(model->base)) + 8;
  for (unsigned i = 0; i < model->order; ++i) cost += bits_of_number(fold(model->weights[i]));
  Trial trial{Linear(integers.front(), *model)};
  for (const std::int64_t integer : integers.subspan(1)) trial.add(integer);
  choice.offer({kLinear, 0, *model}, cost + trial.cost());
}

Prediction choose(Integers integers) {
  Choice choice;
  try_plain(integers, choice);
  try_levels(integers, kLevel, 0, choice);
  if (const std::int64_t drift = drift_of(integers); drift != 0) {
    try_levels(integers, kDrift, drift, choice);
  }
  if (choice.cost() > 2 * integers.size()) try_linear(integers, choice);
  return choice.best();
}

void put_linear(BitWriter& out, const LinearModel& model) {
  put_number(out, fold(model.base), kWide);
  out.put(model.order - 1, 3);
  out.put(model.precision, 4);
  for (unsigned i = 0; i < model.order; ++i) put_number(out, fold(model.weights[i]), kWide);
}

LinearModel take_linear(BitReader& in) {
  LinearModel model;
  model.base = unfold(take_number(in, kWide));
  model.order = static_cast<unsigned>(in.take(3)) + 1;
  model.precision = static_cast<unsigned>(in.take(4));
  for (unsigned i = 0; i < model.order; ++i) model.weights[i] = unfold(take_number(in, kWide));
  return model;
}

std::uint64_t common_divisor(Integers integers) {
  std::uint64_t divisor = 0;
  for (const std::int64_t integer : integers.subspan(1)) {
    const std::int64_t distance = wrapping_difference(integer, integers.front());
    const auto size =
        static_cast<std::uint64_t>(distance < 0 ? wrapping_difference(0, distance) : distance);
    divisor = std::gcd(divisor, size);
    if (divisor == 1) break;
  }
  return divisor;
}

unsigned best_level(std::span<const std::uint64_t> residuals) {
  const unsigned guess = first_level(residuals);
  constexpr std::size_t kWorthTrying = 64;
  const auto sample = residuals.first(std::min(residuals.size(), kWorthTrying));
  unsigned best = guess;
  std::size_t least = residual_bits(sample, guess);
  for (const unsigned level : {guess - 1, guess + 1, guess + 2}) {
    if (level > Adaptation::kLevelMax) continue;
    const std::size_t bits = residual_bits(sample, level);
    if (bits >= least) continue;
    best = level;
    least = bits;
  }
  return best;
}

}  // namespace

void put_scaled(BitWriter& out, std::uint64_t value) {
  unsigned zeros = 0;
  while (value != 0 && value % 10 == 0) {
    value /= 10;
    ++zeros;
  }
  put_number(out, zeros, 1);
  put_number(out, value, 1);
}

std::uint64_t take_scaled(BitReader& in) {
  std::uint64_t zeros = take_number(in, 1);
  std::uint64_t value = take_number(in, 1);
  if (zeros > 19) in.fail();
  if (in.overrun()) return 0;
  for (; zeros > 0; --zeros) value *= 10;
  return value;
}

void append_integers(BitWriter& out, Integers integers) {
  if (integers.size() < 2) return;
  const std::uint64_t divisor = common_divisor(integers);
  if (divisor == 0) return out.put(kConstant, kKindBits);
  std::vector<std::int64_t> divided;
  if (divisor > 1) {
    divided.reserve(integers.size());
    for (const std::int64_t integer : integers) {
      divided.push_back(wrapping_difference(integer, integers.front()) /
                        static_cast<std::int64_t>(divisor));
    }
    integers = divided;
  }
  const Prediction prediction = choose(integers);
  out.put(prediction.kind, kKindBits);
  out.put(divisor > 1, 1);
  if (divisor > 1) put_scaled(out, divisor);
  if (prediction.kind == kBase || prediction.kind >= kDrift) {
    put_number(out, fold(prediction.parameter), kWide);
  }
  if (prediction.kind == kLinear) put_linear(out, prediction.linear);
  const std::vector<std::uint64_t> residuals = residuals_of(integers, prediction);
  const unsigned level = best_level(residuals);
  put_number(out, level, 0);
  append_residuals(out, residuals, level);
}

void take_integers(BitReader& in, std::span<std::int64_t> integers) {
  if (integers.size() < 2) return;
  Prediction prediction{static_cast<unsigned>(in.take(kKindBits))};
  const std::int64_t begin = integers.front();
  if (prediction.kind == kConstant) {
    std::fill(integers.begin() + 1, integers.end(), begin);
    return;
  }
  const bool divided = in.take_flag();
  const auto divisor = static_cast<std::int64_t>(divided ? take_scaled(in) : 1);
  if (prediction.kind == kBase || prediction.kind >= kDrift) {
    prediction.parameter = unfold(take_number(in, kWide));
  }
  if (prediction.kind == kLinear) prediction.linear = take_linear(in);
  const std::uint64_t level = take_number(in, 0);
  if (level > Adaptation::kLevelMax) in.fail();
  if (in.overrun()) return;
  ResidualReader residuals(in, static_cast<unsigned>(level));
  const std::int64_t first = divided ? 0 : begin;
  visit(prediction, first, [&](auto predictor) {
    for (std::size_t i = 1; i < integers.size(); ++i) {
      integers[i] = integer_of(predictor, residuals.take());
      predictor.add(integers[i]);
    }
  });
  if (!divided) return;
  for (std::size_t i = 1; i < integers.size(); ++i) {
    integers[i] = wrapping_sum(begin, wrapping_product(integers[i], divisor));
  }
}

}  // namespace sluice::chunk
