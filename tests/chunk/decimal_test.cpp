#include "chunk/decimal.hpp"

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <random>

#include <CppUTest/TestHarness.h>

using namespace sluice::chunk;

TEST_GROUP(Decimal){};

TEST(Decimal, finds_the_mantissa_of_a_sensor_value) {
  CHECK_TRUE(to_mantissa(21.53, 2) == 2153);
  CHECK_TRUE(to_mantissa(-0.001, 3) == -1);
  CHECK_TRUE(to_mantissa(0.0, 0) == 0);
}

TEST(Decimal, finds_the_smallest_scale) {
  CHECK_TRUE(decimal_scale(42.0) == 0);
  CHECK_TRUE(decimal_scale(21.5) == 1);
  CHECK_TRUE(decimal_scale(0.123456789) == 9);
}

TEST(Decimal, begins_the_search_where_it_is_told) {
  CHECK_TRUE(decimal_scale(42.0, 3) == 3);
}

TEST(Decimal, a_value_with_more_digits_has_no_mantissa) {
  CHECK_FALSE(to_mantissa(21.535, 2).has_value());
  CHECK_FALSE(decimal_scale(1.0 / 3.0).has_value());
  CHECK_FALSE(decimal_scale(1e-16).has_value());
}

TEST(Decimal, the_specials_are_no_decimals) {
  using Limits = std::numeric_limits<double>;
  for (const double special : {-0.0, Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(),
                               Limits::denorm_min(), Limits::max(), Limits::lowest()}) {
    CHECK_FALSE(decimal_scale(special).has_value());
  }
}

TEST(Decimal, a_mantissa_has_51_bits) {
  const double largest = 2251799813685248.0;
  CHECK_TRUE(to_mantissa(largest, 0) == kMantissaMax);
  CHECK_TRUE(to_mantissa(-largest, 0) == -kMantissaMax);
  CHECK_FALSE(to_mantissa(largest + 1.0, 0).has_value());
}

TEST(Decimal, gives_back_the_very_bits_of_any_decimal) {
  std::mt19937_64 random(1);
  for (int i = 0; i < 20'000; ++i) {
    const auto scale = static_cast<unsigned>(random() % (kScaleMax + 1));
    const auto mantissa = static_cast<std::int64_t>(random() >> 13) >> (random() % 51);
    const double value = from_mantissa(mantissa, scale);
    const auto found = to_mantissa(value, scale);
    if (!found) continue;  // rounding of the largest ones: the encoder then falls back to raw
    CHECK_TRUE(std::bit_cast<std::uint64_t>(from_mantissa(*found, scale)) ==
               std::bit_cast<std::uint64_t>(value));
  }
}

TEST(Decimal, every_decimal_of_fifteen_digits_is_found) {
  std::mt19937_64 random(2);
  for (int i = 0; i < 20'000; ++i) {
    const auto scale = static_cast<unsigned>(random() % (kScaleMax + 1));
    const auto mantissa = static_cast<std::int64_t>(random() % 1'000'000'000'000'000ULL);
    CHECK_TRUE(to_mantissa(from_mantissa(mantissa, scale), scale) == mantissa);
  }
}
