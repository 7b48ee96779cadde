#include "chunk/common_scale.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "chunk/decimal.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::chunk;

namespace {

// Counts of a converter, as values of `scale`.
std::vector<double> converted(double scale, std::int64_t middle, std::int64_t noise) {
  Made made(41);
  std::vector<double> values;
  for (int i = 0; i < 32; ++i) {
    values.push_back(static_cast<double>(middle + made.noise(noise)) * scale);
  }
  return values;
}

bool finds(double scale, std::int64_t middle, std::int64_t noise) {
  const std::optional<double> found = common_scale(converted(scale, middle, noise));
  return found && same_bits(*found, scale);
}

}  // namespace

TEST_GROUP(CommonScale){};

TEST(CommonScale, finds_the_step_of_a_converter_to_the_last_bit) {
  CHECK_TRUE(finds(3.3 / 4095, 1'200, 3));
  CHECK_TRUE(finds(5.0 / 1023, 300, 20));
  CHECK_TRUE(finds(2.048 / 32768, 20'000, 40));
  CHECK_TRUE(finds(0.0078125 * 1.0001, 20'000, 500));
}

TEST(CommonScale, finds_it_around_zero) {
  CHECK_TRUE(finds(3.3 / 4095, 0, 5));
}

TEST(CommonScale, overlooks_a_few_strays) {
  std::vector<double> values = converted(3.3 / 4095, 1'200, 3);
  const std::optional<double> found = common_scale(values);
  CHECK_TRUE(found && same_bits(*found, 3.3 / 4095));
  values[7] = values[19] = 0.17320508;
  // It may or may not be found, but nothing else is.
  const std::optional<double> beside = common_scale(values);
  CHECK_TRUE(!beside || same_bits(*beside, 3.3 / 4095));
}

TEST(CommonScale, finds_nothing_in_noise) {
  Made made(42);
  std::vector<double> values;
  for (int i = 0; i < 32; ++i)
    values.push_back(20.0 + static_cast<double>(made.bits() >> 12) / 1e16);
  CHECK_FALSE(common_scale(values).has_value());
}

TEST(CommonScale, finds_nothing_in_nothing) {
  CHECK_FALSE(common_scale({}).has_value());
  CHECK_FALSE(common_scale(std::vector<double>(5, 0.0)).has_value());
}

TEST(CommonScale, is_done_with_the_largest_and_smallest_numbers) {
  // Twice the smaller of the first two is infinite, and what that left over never got smaller.
  CHECK_FALSE(common_scale(std::vector<double>{1.7e308, 1e308, 5e-324}).has_value());
  static_cast<void>(common_scale(std::vector<double>{5e-324, 1.5e-323}));
}
