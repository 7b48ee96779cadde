#include "chunk/prediction.hpp"

namespace sluice::chunk {

Kind take_kind(BitReader& in) {
  const std::uint64_t number = take_number(in, 1);
  if (number > static_cast<std::uint64_t>(Kind::kDivided)) in.fail();
  return in.overrun() ? Kind::kConstant : static_cast<Kind>(number);
}

Prediction take_prediction(BitReader& in, Kind kind) {
  Prediction prediction{kind};
  if (has_parameter(kind)) prediction.parameter = unfold(take_number(in, kWide));
  if (kind != Kind::kLinear) return prediction;
  LinearModel& model = prediction.linear;
  model.base = unfold(take_number(in, kWide));
  model.order = static_cast<unsigned>(in.take(LinearModel::kOrderBits)) + 1;
  model.precision = static_cast<unsigned>(in.take(LinearModel::kPrecisionBits));
  for (unsigned i = 0; i < model.order; ++i) model.weights[i] = unfold(take_number(in, kWide));
  return prediction;
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

}  // namespace sluice::chunk
