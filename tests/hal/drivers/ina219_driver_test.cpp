#include "hal/drivers/ina219_driver.hpp"

#include <array>
#include <functional>
#include <string>

#include "tests/hal/buses/fake_i2c_bus.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using Quantity = Ina219Probe::Quantity;

TEST_GROUP(Ina219Driver) {
  FakeI2cBus bus;
  WordRegisters chip;
  Ina219Probe ammeter{bus, 0x40, Quantity::kCurrent, 0.002};
  const Instant now{std::chrono::seconds(1)};

  // The example of the datasheet.
  void setup() override {
    chip.words[0] = 0x399F;
    chip.words[1] = 0x07D0;
    chip.words[2] = 0x5D9A;
    bus.devices[0x40] = std::ref(chip);
  }
};

TEST(Ina219Driver, measures_each_quantity_of_the_datasheets_example) {
  DOUBLES_EQUAL(10.0, ammeter.measure(now).value(), 1e-9);
  Ina219Probe voltmeter{bus, 0x40, Quantity::kVoltage, 0.002};
  DOUBLES_EQUAL(11.98, voltmeter.measure(now).value(), 1e-9);
  Ina219Probe wattmeter{bus, 0x40, Quantity::kPower, 0.002};
  DOUBLES_EQUAL(119.8, wattmeter.measure(now).value(), 1e-9);
}

TEST(Ina219Driver, takes_nothing_before_the_first_conversion) {
  chip.words[2] = 0x0000;
  CHECK_TRUE(ammeter.measure(now).error().code == ErrorCode::kUnavailable);
}

TEST(Ina219Driver, takes_no_current_beyond_its_range) {
  chip.words[1] = 0x7D00;
  CHECK_TRUE(ammeter.measure(now).error().code == ErrorCode::kCorrupt);
  chip.words[1] = 0x8300;
  CHECK_TRUE(ammeter.measure(now).error().code == ErrorCode::kCorrupt);
}

TEST(Ina219Driver, sees_a_chip_that_somebody_else_has_configured_and_a_bus_that_is_stuck) {
  for (const std::uint16_t config : std::array<std::uint16_t, 3>{0x0000, 0xFFFF, 0x019F}) {
    chip.words[0] = config;
    CHECK_TRUE(ammeter.measure(now).error().code == ErrorCode::kCorrupt);
  }
}

TEST(Ina219Driver, passes_on_each_failure_of_the_bus) {
  for (const int number : {1, 2, 3}) {
    bus.fail_from(number, ErrorCode::kTimeout);
    CHECK_TRUE(ammeter.measure(now).error().code == ErrorCode::kTimeout);
    bus.failure.reset();
  }
}

TEST(Ina219Driver, needs_a_shunt) {
  const std::string lines = "driver = \"ina219\"\nadapter = \"i2c-1\"\nquantity = \"power\"\n";
  STRCMP_EQUAL("", Configured::problems_of(lines).c_str());
  STRCMP_CONTAINS("a shunt of 0 ohms measures no current",
                  Configured::problems_of(lines + "shunt_ohms = 0\n").c_str());
}
