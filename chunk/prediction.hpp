#pragma once
// Which predictor a column of integers uses, with its parameters, and how the column says so.

#include <cstdint>
#include <span>
#include <vector>

#include "chunk/bits.hpp"
#include "chunk/integer.hpp"
#include "chunk/predictor.hpp"

namespace sluice::chunk {

using Integers = std::span<const std::int64_t>;

// The numbers are part of the format; the shortest are for what serves a column of a few integers.
enum class Kind : unsigned {
  kConstant = 0,  // all are the first
  kLevel = 1,     // Level of the largest shift
  kLast = 2,
  kLevel1 = 3,  // Level of this shift
  kLevel2 = 4,
  kLevel3 = 5,
  kLevel4 = 6,
  kLine = 7,
  kDrift0 = 8,  // Level of this shift, with drift
  kDrift1 = 9,
  kDrift2 = 10,
  kDrift3 = 11,
  kDrift4 = 12,
  kParabola = 13,
  kBase = 14,
  kLinear = 15,
  kDivided = 16,  // not a predictor: a divisor and another kind follow
};

struct Prediction {
  Kind kind = Kind::kConstant;
  std::int64_t parameter = 0;  // the base, or the drift
  LinearModel linear{};
};

template <typename Writer>
void put_kind(Writer& out, Kind kind) {
  put_number(out, static_cast<std::uint64_t>(kind), 1);
}
// One that does not exist fails the reader.
Kind take_kind(BitReader& in);

constexpr bool has_parameter(Kind kind) {
  return kind == Kind::kBase || (kind >= Kind::kDrift0 && kind <= Kind::kDrift4);
}

// Kind and parameters.
template <typename Writer>
void put_prediction(Writer& out, const Prediction& prediction) {
  put_kind(out, prediction.kind);
  if (has_parameter(prediction.kind)) put_number(out, fold(prediction.parameter), kWide);
  if (prediction.kind != Kind::kLinear) return;
  const LinearModel& model = prediction.linear;
  put_number(out, fold(model.base), kWide);
  out.put(model.order - 1, LinearModel::kOrderBits);
  out.put(model.precision, LinearModel::kPrecisionBits);
  for (unsigned i = 0; i < model.order; ++i) put_number(out, fold(model.weights[i]), kWide);
}
// The parameters that follow `kind`.
Prediction take_prediction(BitReader& in, Kind kind);

// Calls `with` with the predictor. REQUIRES: kind is not kDivided.
template <typename With>
void visit(const Prediction& prediction, std::int64_t first, With with) {
  switch (prediction.kind) {
    case Kind::kBase:
      return with(Base(prediction.parameter));
    case Kind::kLine:
      return with(Line(first));
    case Kind::kParabola:
      return with(Parabola(first));
    case Kind::kLinear:
      return with(Linear(first, prediction.linear));
    case Kind::kConstant:
    case Kind::kLast:
    case Kind::kDivided:
      return with(Last(first));
    case Kind::kLevel:
      return with(Level(first, Level::kShiftMax, 0));
    default:
      break;
  }
  const auto number = static_cast<unsigned>(prediction.kind);
  const unsigned shift = has_parameter(prediction.kind)
                             ? number - static_cast<unsigned>(Kind::kDrift0)
                             : number - static_cast<unsigned>(Kind::kLevel1) + 1;
  with(Level(first, shift, prediction.parameter));
}

// What a prediction leaves over, folded, and back.
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

// Of all integers but the first. REQUIRES: not empty.
std::vector<std::uint64_t> residuals_of(Integers integers, const Prediction& prediction);

}  // namespace sluice::chunk
