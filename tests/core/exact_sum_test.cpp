#include "core/exact_sum.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {
namespace {

constexpr double kLargest = std::numeric_limits<double>::max();
constexpr double kSmallest = std::numeric_limits<double>::denorm_min();

ExactSum sum_of(const std::vector<double>& values) {
  ExactSum sum;
  for (const double value : values) sum.add(value);
  return sum;
}

}  // namespace

TEST_GROUP(ExactSum) {
  std::mt19937_64 random{7};

  // Of any size and sign.
  double any() {
    const double fraction = std::uniform_real_distribution<double>(-1.0, 1.0)(random);
    return std::ldexp(fraction, std::uniform_int_distribution<int>(-1074, 1000)(random));
  }
  std::vector<double> any(int count) {
    std::vector<double> values;
    for (int i = 0; i < count; ++i) values.push_back(any());
    return values;
  }
};

TEST(ExactSum, of_nothing_is_zero) {
  CHECK_TRUE(ExactSum().rounded() == 0.0);
}

TEST(ExactSum, of_one_value_is_that_value) {
  for (const double value : {1.0, -1.0, 0.1, -21.5, 1e300, 3e-310, kLargest, -kLargest, kSmallest,
                             -kSmallest, 4294967296.0, 18446744073709551616.0}) {
    CHECK_TRUE(sum_of({value}).rounded() == value);
  }
  for (int i = 0; i < 10'000; ++i) {
    const double value = any();
    CHECK_TRUE(sum_of({value}).rounded() == value);
  }
}

TEST(ExactSum, forgets_nothing_that_is_small) {
  CHECK_TRUE(sum_of({1e300, kSmallest, -1e300}).rounded() == kSmallest);
  CHECK_TRUE(sum_of({1e16, 1.0, -1e16}).rounded() == 1.0);
  CHECK_TRUE(sum_of({0.1, 0.1, 0.1, -0.3}).rounded() == std::ldexp(1.0, -55));
}

TEST(ExactSum, is_rounded_to_the_nearest_and_ties_to_even) {
  const double half = std::ldexp(1.0, -53);
  CHECK_TRUE(sum_of({1.0, half}).rounded() == 1.0);
  CHECK_TRUE(sum_of({1.0, half, kSmallest}).rounded() == std::nextafter(1.0, 2.0));
  CHECK_TRUE(sum_of({1.0, half, -kSmallest}).rounded() == 1.0);
  const double odd = std::nextafter(1.0, 2.0);
  CHECK_TRUE(sum_of({odd, half}).rounded() == std::nextafter(odd, 2.0));
  CHECK_TRUE(sum_of({-1.0, -half, -kSmallest}).rounded() == std::nextafter(-1.0, -2.0));
}

TEST(ExactSum, of_two_values_is_what_the_processor_says) {
  for (int i = 0; i < 10'000; ++i) {
    const double a = any();
    const double b = std::ldexp(a, std::uniform_int_distribution<int>(-60, 3)(random)) * -0.7;
    CHECK_TRUE(sum_of({a, b}).rounded() == a + b);
  }
}

TEST(ExactSum, does_not_depend_on_order_or_parts) {
  for (int round = 0; round < 50; ++round) {
    std::vector<double> values = any(200);
    const ExactSum whole = sum_of(values);
    std::shuffle(values.begin(), values.end(), random);
    const auto cut = values.begin() + round;
    ExactSum parts = sum_of({values.begin(), cut});
    parts.add(sum_of({cut, values.end()}));
    CHECK_TRUE(parts == whole);
    CHECK_TRUE(parts.rounded() == whole.rounded());
  }
}

TEST(ExactSum, of_values_and_their_opposites_is_zero) {
  std::vector<double> values = any(300);
  for (int i = 0; i < 300; ++i) values.push_back(-values[static_cast<std::size_t>(i)]);
  CHECK_TRUE(sum_of(values) == ExactSum());
}

TEST(ExactSum, is_infinite_only_at_its_end) {
  CHECK_TRUE(sum_of({kLargest, kLargest}).rounded() == std::numeric_limits<double>::infinity());
  CHECK_TRUE(sum_of({-kLargest, -kLargest}).rounded() == -std::numeric_limits<double>::infinity());
  CHECK_TRUE(sum_of({kLargest, kLargest, -kLargest}).rounded() == kLargest);
}

TEST(ExactSum, is_made_again_of_its_digits) {
  for (const double sign : {1.0, -1.0}) {
    const ExactSum sum = sum_of({sign * 1e300, 0.1, -kSmallest, sign * kLargest});
    CHECK_TRUE(ExactSum::from(sum.digits()) == sum);
  }
}

TEST(ExactSum, is_not_made_of_digits_that_are_none) {
  ExactSum::Digits digits = sum_of({1.0}).digits();
  digits[3] = -1;
  CHECK_FALSE(ExactSum::from(digits).has_value());
  digits[3] = std::int64_t{1} << 32;
  CHECK_FALSE(ExactSum::from(digits).has_value());
  digits[3] = 0;
  digits.back() = std::int64_t{1} << 31;
  CHECK_FALSE(ExactSum::from(digits).has_value());
}

TEST(ExactSum, is_multiplied_without_rounding) {
  ExactSum sum = sum_of({0.1, -1e300, kSmallest});
  ExactSum seven;
  for (int i = 0; i < 7; ++i) seven.add(sum);
  sum.multiply(7);
  CHECK_TRUE(sum == seven);
}

TEST(ExactSum, is_split_into_what_a_double_holds_and_the_rest) {
  const ExactSum::Split split = sum_of({1.0, 1e-30}).split();
  CHECK_TRUE(split.high == 1.0);
  CHECK_TRUE(split.low == 1e-30);
}

}  // namespace sluice
