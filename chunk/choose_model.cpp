#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <optional>
#include <utility>

#include "chunk/common_scale.hpp"
#include "chunk/integer.hpp"
#include "chunk/value_model.hpp"

namespace sluice::chunk {
namespace {

using Values = std::span<const double>;

// Models are found by a sample, spread over the chunk, and then held against all values.
constexpr std::size_t kSamples = 32;
// When so many in a row have not a form, the others are not asked.
constexpr std::size_t kMissesMax = 4;

std::vector<double> sample_of(Values values) {
  std::vector<double> sample;
  const std::size_t count = std::min(values.size(), kSamples);
  for (std::size_t i = 0; i < count; ++i) {
    const double value = values[i * values.size() / count];
    if (std::isfinite(value)) sample.push_back(value);
  }
  return sample;
}

template <typename Form>
bool fits(const Form& form, double value) {
  return same_bits(form.value(form.integer(value)), value);
}

// The digits that all of the sample need, but for a few that do not fit with any number of them.
template <typename MakeForm>
std::optional<unsigned> digits_of(Values sample, MakeForm make) {
  unsigned digits = 0;
  std::size_t misses = 0;
  for (std::size_t i = 0; i < sample.size(); ++i) {
    unsigned tried = digits;
    while (tried <= kScaleMax && !fits(make(tried), sample[i])) ++tried;
    if (tried <= kScaleMax) {
      digits = tried;
    } else if (++misses > kMissesMax) {
      return std::nullopt;
    }
  }
  return misses < sample.size() || sample.empty() ? std::optional(digits) : std::nullopt;
}

// The power of two of the lowest bit that is set in `value`.
int lowest_bit(double value) {
  int exponent = 0;
  const double fraction = std::frexp(value, &exponent);
  const auto mantissa = static_cast<std::int64_t>(fraction * 9007199254740992.0);  // 2^53
  return exponent - 53 + std::countr_zero(static_cast<std::uint64_t>(mantissa));
}

std::optional<int> exponent_of(Values sample) {
  std::optional<int> exponent;
  for (const double value : sample) {
    if (value == 0.0) continue;
    exponent = std::min(lowest_bit(value), exponent.value_or(Binary::kExponentMax));
  }
  if (!exponent || *exponent < -Binary::kExponentMax) return std::nullopt;
  return exponent;
}

template <typename Form>
std::optional<Mapped> map_with(const Form& form, Values values, ValueModel model) {
  // More runs than this cost more than any form gains.
  const std::size_t exceptions_max = values.size() / 8 + 2;
  Mapped mapped{std::move(model), {}, {}};
  mapped.integers.reserve(values.size());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const std::int64_t integer = form.integer(values[i]);
    if (same_bits(form.value(integer), values[i])) {
      mapped.integers.push_back(integer);
      continue;
    }
    add_exception(mapped.exceptions, i, values[i]);
    if (mapped.exceptions.size() > exceptions_max) return std::nullopt;
  }
  return mapped;
}

Mapped map_ordered(Values values) {
  Mapped mapped{{.kind = FormKind::kOrdered}, {}, {}};
  mapped.integers.reserve(values.size());
  for (const double value : values) mapped.integers.push_back(ordered(value));
  return mapped;
}

std::optional<Mapped> map_dictionary(Values values) {
  Mapped mapped{{.kind = FormKind::kDictionary}, {}, {}};
  std::vector<double>& dictionary = mapped.model.dictionary;
  mapped.integers.reserve(values.size());
  for (const double value : values) {
    const auto known = std::find_if(dictionary.begin(), dictionary.end(),
                                    [&](double other) { return same_bits(value, other); });
    mapped.integers.push_back(known - dictionary.begin());
    if (known != dictionary.end()) continue;
    if (dictionary.size() == kDictionaryMax) return std::nullopt;
    dictionary.push_back(value);
  }
  return mapped;
}

// About how many bits it takes: the first integer, then the steps, less the power of two that they
// share as a divisor.
std::size_t cost_of(const Mapped& mapped) {
  std::size_t bits = exception_bits(mapped.exceptions) + model_bits(mapped.model);
  if (mapped.integers.empty()) return bits;
  std::int64_t last = mapped.integers.front();
  bits += length_of(fold(last));
  std::uint64_t all = 0;
  std::size_t moves = 0;
  for (const std::int64_t integer : mapped.integers) {
    const std::int64_t step = wrapping_difference(integer, last);
    bits += length_of(fold(step));
    moves += step != 0;
    all |= static_cast<std::uint64_t>(step);
    last = integer;
  }
  const auto shared = static_cast<std::size_t>(std::countr_zero(all));
  return all == 0 || shared == 0 ? bits : bits + shared - moves * shared;
}

class Best {
 public:
  void offer(std::optional<Mapped> mapped) {
    if (!mapped) return;
    const std::size_t cost = cost_of(*mapped);
    if (best_ && cost >= cost_) return;
    best_ = std::move(mapped);
    cost_ = cost;
  }
  bool within(std::size_t bits) const { return best_ && cost_ <= bits; }
  Mapped take() { return std::move(*best_); }

 private:
  std::optional<Mapped> best_;
  std::size_t cost_ = 0;
};

}  // namespace

Mapped choose_model(Values values, const ValueHint& hint) {
  const std::vector<double> sample = sample_of(values);
  Best best;
  if (const auto digits = digits_of(sample, [](unsigned n) { return Decimal(n); })) {
    best.offer(map_with(Decimal(*digits), values, {.kind = FormKind::kDecimal, .digits = *digits}));
  }
  if (hint.scale != 0.0) {
    const auto make = [&](unsigned n) { return Calibrated(n, hint); };
    if (const auto digits = digits_of(sample, make)) {
      best.offer(map_with(make(*digits), values,
                          {.kind = FormKind::kCalibrated, .digits = *digits, .hint = hint}));
    }
  }
  if (best.within(8 * values.size())) return best.take();
  if (const auto digits = digits_of(sample, [](unsigned n) { return FloatDecimal(n); })) {
    best.offer(map_with(FloatDecimal(*digits), values,
                        {.kind = FormKind::kFloatDecimal, .digits = *digits}));
  }
  if (best.within(8 * values.size())) return best.take();
  if (const auto exponent = exponent_of(sample)) {
    best.offer(
        map_with(Binary(*exponent), values, {.kind = FormKind::kBinary, .exponent = *exponent}));
  }
  if (const auto scale = common_scale(sample)) {
    const ValueHint found{.scale = *scale};
    best.offer(
        map_with(Calibrated(0, found), values, {.kind = FormKind::kCalibrated, .hint = found}));
  }
  best.offer(map_dictionary(values));
  best.offer(map_ordered(values));
  return best.take();
}

}  // namespace sluice::chunk
