#include "hal/chips/sht3x.hpp"

#include <array>
#include <cstdint>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal::sht3x;

namespace {

using Answer = std::array<std::uint8_t, 6>;

Answer answer(std::uint8_t t0, std::uint8_t t1, std::uint8_t h0, std::uint8_t h1) {
  return {t0, t1, checksum(std::array{t0, t1}), h0, h1, checksum(std::array{h0, h1})};
}

}  // namespace

TEST_GROUP(Sht3x){};

// The example of the datasheet, section 4.12.
TEST(Sht3x, has_the_checksum_of_the_datasheet) {
  LONGS_EQUAL(0x92, checksum(std::array<std::uint8_t, 2>{0xBE, 0xEF}));
}

TEST(Sht3x, reaches_from_one_end_of_its_scales_to_the_other) {
  const Values low = values_of(answer(0, 0, 0, 0)).value();
  DOUBLES_EQUAL(-45.0, low.celsius, 0.0);
  DOUBLES_EQUAL(0.0, low.percent, 0.0);
  const Values high = values_of(answer(0xFF, 0xFF, 0xFF, 0xFF)).value();
  DOUBLES_EQUAL(130.0, high.celsius, 0.0);
  DOUBLES_EQUAL(100.0, high.percent, 0.0);
}

TEST(Sht3x, calculates_what_the_formulas_say) {
  const Values values = values_of(answer(0x66, 0x66, 0x80, 0x00)).value();
  DOUBLES_EQUAL(-45.0 + 175.0 * 0.4, values.celsius, 1e-3);
  DOUBLES_EQUAL(50.0, values.percent, 1e-3);
}

TEST(Sht3x, sees_every_wrong_bit) {
  const Answer good = answer(0x66, 0x66, 0x80, 0x00);
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    Answer damaged = good;
    damaged[bit / 8] = static_cast<std::uint8_t>(damaged[bit / 8] ^ (1U << (bit % 8)));
    CHECK_TRUE(values_of(damaged).error().code == ErrorCode::kCorrupt);
  }
}

TEST(Sht3x, takes_nothing_from_a_bus_that_is_stuck) {
  CHECK_FALSE(values_of(Answer{}).ok());
  Answer ones;
  ones.fill(0xFF);
  CHECK_FALSE(values_of(ones).ok());
}
