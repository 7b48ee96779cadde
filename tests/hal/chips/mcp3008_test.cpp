#include "hal/chips/mcp3008.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal::mcp3008;

TEST_GROUP(Mcp3008){
    // What the chip shifts out (figures 5-2 and 6-1): bits before the null bit are of an open line.
    static Bytes answer(unsigned code, std::uint8_t open_line = 0){unsigned again = 0;
for (unsigned bit = 1; bit < 10; ++bit) again |= ((code >> bit) & 1U) << (16 - bit);
return {open_line, static_cast<std::uint8_t>((open_line & 0xF8U) | (code >> 8)),
        static_cast<std::uint8_t>(code & 0xFFU), static_cast<std::uint8_t>(again >> 8),
        static_cast<std::uint8_t>(again & 0xFFU)};
}
}
;

// Table 5-2: single-ended CH3 is 1011, CH2 above CH3 is 0010.
TEST(Mcp3008, is_asked_as_the_datasheet_says) {
  CHECK_TRUE(question(Input::k3) == (Bytes{0x01, 0xB0, 0, 0, 0}));
  CHECK_TRUE(question(Input::k2Minus3) == (Bytes{0x01, 0x20, 0, 0, 0}));
  CHECK_TRUE(question(Input::k0) == (Bytes{0x01, 0x80, 0, 0, 0}));
  CHECK_TRUE(question(Input::k7) == (Bytes{0x01, 0xF0, 0, 0, 0}));
}

TEST(Mcp3008, says_each_of_its_codes) {
  for (unsigned code = 0; code < 1'024; ++code) {
    LONGS_EQUAL(code, code_of(answer(code)).value());
    LONGS_EQUAL(code, code_of(answer(code, 0xFF)).value());
  }
}

// Written by hand: 0x2A5 is 10 1010 0101, and 0 1001 0101 with bit 1 first.
TEST(Mcp3008, says_it_again_with_the_lowest_bit_first) {
  LONGS_EQUAL(0x2A5, code_of({0, 0x02, 0xA5, 0x4A, 0x80}).value());
}

TEST(Mcp3008, is_not_believed_with_one_wrong_bit) {
  for (unsigned code = 0; code < 1'024; ++code) {
    for (unsigned bit = 0; bit < 19; ++bit) {
      // From the highest of the first ten bits to the last of the nine; but for bit 0, which is
      // said once.
      if (bit == 9) continue;
      Bytes wrong = answer(code);
      const unsigned at = 14 + bit;
      wrong[at / 8] = static_cast<std::uint8_t>(wrong[at / 8] ^ (0x80U >> (at % 8)));
      CHECK_TRUE(code_of(wrong).error().code == ErrorCode::kCorrupt);
    }
  }
}

TEST(Mcp3008, is_absent_on_an_open_line) {
  CHECK_TRUE(code_of({0xFF, 0xFF, 0xFF, 0xFF, 0xFF}).error().code == ErrorCode::kCorrupt);
}

// Equation 4-2.
TEST(Mcp3008, measures_against_its_reference) {
  DOUBLES_EQUAL(0.0, volts_of(0, 5.0), 0.0);
  DOUBLES_EQUAL(2.5, volts_of(512, 5.0), 1e-12);
  DOUBLES_EQUAL(3.3 * 1023 / 1024, volts_of(1'023, 3.3), 1e-12);
}
