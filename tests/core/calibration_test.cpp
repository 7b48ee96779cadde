#include "core/calibration.hpp"

#include <cmath>
#include <limits>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Calibration) {
  static constexpr double kInfinity = std::numeric_limits<double>::infinity();
};

TEST(Calibration, changes_nothing_by_default) {
  DOUBLES_EQUAL(0.1, Calibration{}.apply(0.1), 0.0);
}

TEST(Calibration, scales_before_it_adds_the_offset) {
  const Calibration to_fahrenheit{.scale = 1.8, .offset = 32.0};
  DOUBLES_EQUAL(212.0, to_fahrenheit.apply(100.0), 0.0);
}

// With a fused multiply-add, which rounds once, the result is 2^-60: ARM would read other values
// than x86.
TEST(Calibration, rounds_after_the_multiplication) {
  // Volatile, or the compiler works it out and no multiplication is left to test.
  const volatile double raw = 1.0 + std::ldexp(1.0, -30);
  const Calibration calibration{.scale = raw, .offset = -(1.0 + std::ldexp(1.0, -29))};
  DOUBLES_EQUAL(0.0, calibration.apply(raw), 0.0);
}

TEST(Calibration, takes_both_ends_of_a_range) {
  const Range range{.low = -40.0, .high = 85.0};
  CHECK_TRUE(range.contains(-40.0));
  CHECK_TRUE(range.contains(85.0));
  CHECK_FALSE(range.contains(std::nextafter(-40.0, -100.0)));
  CHECK_FALSE(range.contains(std::nextafter(85.0, 100.0)));
}

TEST(Calibration, takes_every_number_without_a_range) {
  CHECK_TRUE(Range{}.contains(kInfinity));
  CHECK_TRUE(Range{}.contains(-kInfinity));
  CHECK_FALSE(Range{}.contains(std::numeric_limits<double>::quiet_NaN()));
}

}  // namespace sluice
