#include "chunk/linear_fit.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "chunk/prediction.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::chunk;

namespace {

using Column = std::vector<std::int64_t>;

// An oscillation of period 6, of 2 * amplitude, about 4,000, with noise upon it.
Column oscillation(std::size_t count, std::int64_t noise) {
  Made made(3);
  constexpr std::int64_t kShape[] = {1, 2, 1, -1, -2, -1};
  return Made::column(count,
                      [&](auto i) { return 4'000 + 10'000 * kShape[i % 6] + made.noise(noise); });
}

std::uint64_t largest_residual(const Column& integers, const LinearModel& model) {
  std::uint64_t largest = 0;
  const auto residuals = residuals_of(integers, {Kind::kLinear, 0, model});
  for (std::size_t i = LinearModel::kOrderMax; i < residuals.size(); ++i) {
    largest = std::max(largest, residuals[i]);
  }
  return largest;
}

}  // namespace

TEST_GROUP(LinearFit){};

TEST(LinearFit, finds_a_pure_oscillation) {
  const Column integers = oscillation(200, 0);
  const std::optional<LinearModel> model = fit_linear(integers);
  CHECK_TRUE(model.has_value());
  CHECK_TRUE(model->order <= 3);
  CHECK_TRUE(largest_residual(integers, *model) <= 1);
}

TEST(LinearFit, leaves_of_a_noisy_oscillation_little_but_noise) {
  const Column integers = oscillation(500, 10);
  const std::optional<LinearModel> model = fit_linear(integers);
  CHECK_TRUE(model.has_value());
  CHECK_TRUE(largest_residual(integers, *model) < 2 * 100);
}

TEST(LinearFit, finds_nothing_in_noise) {
  Made made(4);
  CHECK_FALSE(fit_linear(Made::column(500, [&](auto) { return made.noise(50); })).has_value());
}

TEST(LinearFit, finds_nothing_in_a_constant) {
  CHECK_FALSE(fit_linear(Column(100, 7)).has_value());
}

TEST(LinearFit, does_not_try_what_is_short_or_wide) {
  CHECK_FALSE(fit_linear(oscillation(kLinearCountMin - 1, 0)).has_value());
  Column wide = oscillation(200, 0);
  wide[100] = std::int64_t{1} << 41;
  CHECK_FALSE(fit_linear(wide).has_value());
}
