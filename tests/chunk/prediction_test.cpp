#include "chunk/prediction.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "chunk/integer.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Column = std::vector<std::int64_t>;

Column give_back(const Column& integers, const Prediction& prediction) {
  const std::vector<std::uint64_t> residuals = residuals_of(integers, prediction);
  Column back = {integers.front()};
  visit(prediction, integers.front(), [&](auto predictor) {
    for (const std::uint64_t residual : residuals) {
      back.push_back(integer_of(predictor, residual));
      predictor.add(back.back());
    }
  });
  return back;
}

std::vector<Prediction> all_kinds(std::int64_t parameter) {
  std::vector<Prediction> predictions;
  for (unsigned number = 0; number < static_cast<unsigned>(Kind::kDivided); ++number) {
    predictions.push_back({static_cast<Kind>(number), parameter});
    predictions.back().linear = {parameter, 2, 15, {parameter, wrapping_difference(0, parameter)}};
  }
  return predictions;
}

bool leaves_nothing(const Column& integers, const Prediction& prediction, std::size_t warm) {
  const std::vector<std::uint64_t> residuals = residuals_of(integers, prediction);
  for (std::size_t i = warm; i < residuals.size(); ++i) {
    if (residuals[i] != 0) return false;
  }
  return true;
}

}  // namespace

TEST_GROUP(Prediction){};

TEST(Prediction, every_kind_gives_back_any_integers) {
  using Limits = std::numeric_limits<std::int64_t>;
  Made made(1);
  Column integers = {Limits::min(), Limits::max(), 0, -1, Limits::max(), Limits::min()};
  for (int i = 0; i < 200; ++i) integers.push_back(static_cast<std::int64_t>(made.bits()));
  for (int i = 0; i < 200; ++i) integers.push_back(made.noise(100));
  for (const std::int64_t parameter : {Limits::min(), std::int64_t{3}, Limits::max()}) {
    for (const Prediction& prediction : all_kinds(parameter)) {
      CHECK_TRUE(give_back(integers, prediction) == integers);
    }
  }
}

TEST(Prediction, a_base_knows_a_constant) {
  CHECK_TRUE(leaves_nothing({9, 7, 7, 7}, {Kind::kBase, 7}, 0));
}

TEST(Prediction, a_line_and_a_parabola_go_on) {
  CHECK_TRUE(leaves_nothing(Made::column(20, [](auto i) { return 5 - 3 * i; }), {Kind::kLine}, 1));
  CHECK_TRUE(leaves_nothing(Made::column(20, [](auto i) { return i * i; }), {Kind::kParabola}, 2));
}

TEST(Prediction, a_drift_of_half_a_step_is_followed_exactly) {
  // 128 units of 2^-8 are one half: 0, 0, 1, 1, 2, 2...
  const Column integers = Made::column(50, [](auto i) { return i / 2; });
  CHECK_TRUE(leaves_nothing(integers, {Kind::kDrift4, 128}, 8));
}

TEST(Prediction, a_level_settles_on_the_mean) {
  Made made(2);
  const Column integers = Made::column(400, [&](auto) { return 1'000 + made.below(3) - 1; });
  const std::vector<std::uint64_t> residuals = residuals_of(integers, {Kind::kLevel});
  for (std::size_t i = 100; i < residuals.size(); ++i) CHECK_TRUE(residuals[i] <= 2);
}

TEST(Prediction, what_is_likelier_gets_the_shorter_residual) {
  // The level stands a little above 10, so 11 is nearer than 9.
  Level level(10, 5, 0);
  for (int i = 0; i < 40; ++i) level.add(i % 4 == 0 ? 11 : 10);
  CHECK_TRUE(level.predict() == 10);
  CHECK_TRUE(residual_of(level, 11) == 1);
  CHECK_TRUE(residual_of(level, 9) == 2);
}

TEST(Prediction, weights_make_an_echo) {
  // The sum of the last two, less what came before: 1, 1, 0, -1, -1, 0...
  const Column hexagon = {1, 1, 0, -1, -1, 0};
  const Column integers = Made::column(
      60, [&](auto i) { return 500 + 100 * hexagon[static_cast<std::size_t>(i % 6)]; });
  Prediction prediction{Kind::kLinear, 0, {500, 2, 1, {2, -2}}};
  CHECK_TRUE(leaves_nothing(integers, prediction, 2));
}

TEST(Prediction, says_itself_in_bits) {
  for (const Prediction& prediction : all_kinds(-12'345)) {
    BitWriter out;
    put_prediction(out, prediction);
    const Bytes bytes = out.take();
    BitReader in(bytes);
    const Prediction back = take_prediction(in, take_kind(in));
    CHECK_TRUE(in.at_end());
    CHECK_TRUE(back.kind == prediction.kind);
    if (has_parameter(back.kind)) CHECK_TRUE(back.parameter == prediction.parameter);
    if (back.kind != Kind::kLinear) continue;
    CHECK_TRUE(back.linear.base == prediction.linear.base);
    CHECK_TRUE(back.linear.order == prediction.linear.order);
    CHECK_TRUE(back.linear.precision == prediction.linear.precision);
    CHECK_TRUE(back.linear.weights == prediction.linear.weights);
  }
}

TEST(Prediction, an_unknown_kind_fails) {
  BitWriter out;
  put_number(out, 17, 1);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  take_kind(in);
  CHECK_TRUE(in.overrun());
}
