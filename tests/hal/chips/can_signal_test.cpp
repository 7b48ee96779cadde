#include "hal/chips/can_signal.hpp"

#include <array>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice::hal::can;

TEST_GROUP(CanSignal) {
  const std::array<std::uint8_t, 8> bytes{0x12, 0x34, 0x56, 0x78, 0x9A, 0xBC, 0xDE, 0xF0};

  double read(const Signal& signal) {
    return value_of(bytes, signal);
  }
};

TEST(CanSignal, is_whole_bytes_in_either_order) {
  DOUBLES_EQUAL(0x3412, read({.start = 0, .length = 16}), 0.0);
  // Motorola: the most significant bit of 0x1234 is bit 7 of byte 0.
  DOUBLES_EQUAL(0x1234, read({.start = 7, .length = 16, .big_endian = true}), 0.0);
  DOUBLES_EQUAL(0x56789ABC, read({.start = 23, .length = 32, .big_endian = true}), 0.0);
}

TEST(CanSignal, is_any_bits) {
  // Byte 1 is 0011 0100: bits 10 to 13 are 1101.
  DOUBLES_EQUAL(0xD, read({.start = 10, .length = 4}), 0.0);
  // From bit 5 of byte 0 (0001 0010) to the right: 01 0010, then 0011 of byte 1.
  DOUBLES_EQUAL(0b0100100011, read({.start = 5, .length = 10, .big_endian = true}), 0.0);
  // Over a byte's end, Intel: bits 4 to 11 are 0x4 (of 0x34) and 0x1 (of 0x12).
  DOUBLES_EQUAL(0x41, read({.start = 4, .length = 8}), 0.0);
  DOUBLES_EQUAL(1.0, read({.start = 1, .length = 1}), 0.0);
}

TEST(CanSignal, has_a_sign_or_none) {
  DOUBLES_EQUAL(0xF0, read({.start = 56, .length = 8}), 0.0);
  DOUBLES_EQUAL(-16.0, read({.start = 56, .length = 8, .is_signed = true}), 0.0);
  DOUBLES_EQUAL(-1.0, read({.start = 60, .length = 4, .is_signed = true}), 0.0);
  DOUBLES_EQUAL(18.0, read({.start = 0, .length = 8, .is_signed = true}), 0.0);
}

TEST(CanSignal, may_fill_a_frame) {
  CHECK_TRUE(unsigned_of(bytes, {.start = 0, .length = 64}) == 0xF0DEBC9A78563412U);
  CHECK_TRUE(unsigned_of(bytes, {.start = 7, .length = 64, .big_endian = true}) ==
             0x123456789ABCDEF0U);
  CHECK_TRUE(signed_of(bytes, {.start = 0, .length = 64}) ==
             static_cast<std::int64_t>(0xF0DEBC9A78563412U));
}

TEST(CanSignal, needs_the_bytes_that_it_lies_in) {
  CHECK_TRUE(bytes_for({.start = 0, .length = 8}) == 1U);
  CHECK_TRUE(bytes_for({.start = 4, .length = 8}) == 2U);
  CHECK_TRUE(bytes_for({.start = 7, .length = 16, .big_endian = true}) == 2U);
  CHECK_TRUE(bytes_for({.start = 0, .length = 2, .big_endian = true}) == 2U);
  CHECK_FALSE(bytes_for({.start = 56, .length = 9}).has_value());
  CHECK_FALSE(bytes_for({.start = 56, .length = 2, .big_endian = true}).has_value());
  CHECK_FALSE(bytes_for({.start = 0, .length = 0}).has_value());
}
