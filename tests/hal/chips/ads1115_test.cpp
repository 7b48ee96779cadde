#include "hal/chips/ads1115.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal::ads1115;

TEST_GROUP(Ads1115){};

// After a reset it is 8583h: AIN0 against AIN1, 2.048 V, single-shot, 128 samples a second, no
// comparator, and ready (datasheet, "Config Register").
TEST(Ads1115, is_configured_as_after_a_reset) {
  LONGS_EQUAL(0x8583, config_of(Input::k0Minus1, FullScale::k2048mV));
}

TEST(Ads1115, is_configured_for_each_input_and_range) {
  LONGS_EQUAL(0xC183, config_of(Input::k0, FullScale::k6144mV));
  LONGS_EQUAL(0xF383, config_of(Input::k3, FullScale::k4096mV));
  LONGS_EQUAL(0xBB83, config_of(Input::k2Minus3, FullScale::k256mV));
}

// Datasheet, "Data Format": codes of ideal inputs; and its sizes of one count.
TEST(Ads1115, has_the_codes_of_the_datasheet) {
  DOUBLES_EQUAL(0.0, volts_of(0x0000, FullScale::k2048mV).value(), 0.0);
  DOUBLES_EQUAL(2.048 / 32768.0, volts_of(0x0001, FullScale::k2048mV).value(), 1e-12);
  DOUBLES_EQUAL(-2.048 / 32768.0, volts_of(0xFFFF, FullScale::k2048mV).value(), 1e-12);
  DOUBLES_EQUAL(1.024, volts_of(0x4000, FullScale::k2048mV).value(), 1e-12);
  DOUBLES_EQUAL(187.5e-6, volts_of(0x0001, FullScale::k6144mV).value(), 1e-12);
  DOUBLES_EQUAL(7.8125e-6, volts_of(0x0001, FullScale::k256mV).value(), 1e-12);
}

TEST(Ads1115, does_not_know_what_is_beyond_its_range) {
  CHECK_TRUE(volts_of(0x7FFF, FullScale::k2048mV).error().code == ErrorCode::kCorrupt);
  CHECK_TRUE(volts_of(0x8000, FullScale::k2048mV).error().code == ErrorCode::kCorrupt);
}
