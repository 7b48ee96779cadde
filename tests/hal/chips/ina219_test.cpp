#include "hal/chips/ina219.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::hal::ina219;

TEST_GROUP(Ina219){};

// The example of the datasheet (section 9.2.2.1, "Register Results for the Example Circuit"): 20 mV
// at a shunt of 2 milliohms and 11.98 V are 10 A and 119.8 W.
TEST(Ina219, reads_the_example_of_the_datasheet) {
  DOUBLES_EQUAL(0.020, shunt_volts_of(0x07D0), 1e-9);
  DOUBLES_EQUAL(11.98, bus_volts_of(0x5D98), 1e-9);
  DOUBLES_EQUAL(10.0, shunt_volts_of(0x07D0) / 0.002, 1e-9);
}

// Section 8.6.3.1: -320 mV is 8300h.
TEST(Ina219, knows_the_direction_of_a_current) {
  DOUBLES_EQUAL(-0.320, shunt_volts_of(0x8300), 1e-9);
  DOUBLES_EQUAL(0.320, shunt_volts_of(0x7D00), 1e-9);
}

TEST(Ina219, reads_the_bus_up_to_its_full_scale) {
  DOUBLES_EQUAL(32.0, bus_volts_of(0x1F40 << 3), 1e-9);
  DOUBLES_EQUAL(0.0, bus_volts_of(0x0007), 0.0);
}

TEST(Ina219, says_when_it_has_converted) {
  CHECK_TRUE(has_converted(0x5D9A));
  CHECK_FALSE(has_converted(0x5D98));
}
