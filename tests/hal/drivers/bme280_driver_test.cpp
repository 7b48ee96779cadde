#include "hal/drivers/bme280_driver.hpp"

#include <array>
#include <functional>

#include "tests/hal/buses/fake_i2c_bus.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using Quantity = Bme280Probe::Quantity;

TEST_GROUP(Bme280Driver) {
  FakeI2cBus bus;
  ByteRegisters chip;
  Bme280Probe thermometer{bus, 0x76, Quantity::kTemperature};
  const Instant now{std::chrono::seconds(1)};

  // The calibration and the measurement of the example in Bosch's BMP280 datasheet.
  void setup() override {
    chip.put(0x88, std::array<std::uint8_t, 26>{
                       0x70, 0x6B, 0x43, 0x67, 0x18, 0xFC, 0x7D, 0x8E, 0x43, 0xD6, 0xD0, 0x0B, 0x27,
                       0x0B, 0x8C, 0x00, 0xF9, 0xFF, 0x8C, 0x3C, 0xF8, 0xC6, 0x70, 0x17, 0x00, 75});
    chip.put(0xE1, std::array<std::uint8_t, 7>{0x65, 0x01, 0x00, 0x14, 0x02, 0x00, 30});
    chip.bytes[0xD0] = 0x60;
    chip.written = [this](std::uint8_t number) {
      if (number != 0xF4) return;
      LONGS_EQUAL(0x01, chip.bytes[0xF2]);
      LONGS_EQUAL(0x25, chip.bytes[0xF4]);
      chip.put(0xF7, std::array<std::uint8_t, 8>{0x65, 0x5A, 0xC0, 0x7E, 0xED, 0x00, 0x70, 0x00});
    };
    bus.devices[0x76] = std::ref(chip);
  }
  ErrorCode failure() {
    return thermometer.measure(now).error().code;
  }
};

TEST(Bme280Driver, measures_each_quantity) {
  DOUBLES_EQUAL(25.08, thermometer.measure(now).value(), 0.005);
  Bme280Probe barometer{bus, 0x76, Quantity::kPressure};
  DOUBLES_EQUAL(100653.27, barometer.measure(now).value(), 0.05);
  Bme280Probe hygrometer{bus, 0x76, Quantity::kHumidity};
  const double percent = hygrometer.measure(now).value();
  CHECK_TRUE(percent > 0.0 && percent < 100.0);
}

TEST(Bme280Driver, waits_for_the_measurement_and_not_for_ever) {
  CHECK_TRUE(thermometer.measure(now).ok());
  CHECK_TRUE(bus.waited >= std::chrono::milliseconds(9));
  chip.bytes[0xF3] = 0x08;
  CHECK_TRUE(failure() == ErrorCode::kTimeout);
  chip.bytes[0xF3] = 0x00;
  CHECK_TRUE(thermometer.measure(now).ok());
}

TEST(Bme280Driver, is_no_other_chip) {
  chip.bytes[0xD0] = 0x58;
  CHECK_TRUE(failure() == ErrorCode::kInvalid);
  chip.bytes[0xD0] = 0xFF;
  CHECK_TRUE(failure() == ErrorCode::kCorrupt);
}

TEST(Bme280Driver, reads_the_calibration_of_a_chip_that_was_put_in_its_place) {
  CHECK_TRUE(thermometer.measure(now).ok());
  bus.devices.clear();
  CHECK_TRUE(failure() == ErrorCode::kUnavailable);
  bus.devices[0x76] = std::ref(chip);
  chip.bytes[0x89] = 0x6D;
  CHECK_TRUE(std::abs(thermometer.measure(now).value() - 25.08) > 0.1);
}

TEST(Bme280Driver, passes_on_each_failure_of_the_bus) {
  CHECK_TRUE(thermometer.measure(now).ok());
  const int transfers = bus.transfers;
  for (int number = 1; number <= transfers; ++number) {
    Bme280Probe fresh{bus, 0x76, Quantity::kTemperature};
    bus.fail_from(number, ErrorCode::kTimeout);
    CHECK_TRUE(fresh.measure(now).error().code == ErrorCode::kTimeout);
    bus.failure.reset();
    CHECK_TRUE(fresh.measure(now).ok());
  }
}

TEST(Bme280Driver, takes_nothing_before_it_has_measured) {
  chip.written = nullptr;
  chip.put(0xF7, std::array<std::uint8_t, 8>{0x80, 0, 0, 0x80, 0, 0, 0x80, 0});
  CHECK_TRUE(failure() == ErrorCode::kCorrupt);
}

TEST(Bme280Driver, is_configured_with_adapter_and_quantity) {
  const std::string lines = "driver = \"bme280\"\nadapter = \"i2c-7\"\nquantity = \"humidity\"\n";
  STRCMP_EQUAL("i2c:i2c-7", Configured(lines).open.bus.c_str());
  Configured absent(lines + "dev = \"/none\"\n");
  STRCMP_EQUAL("i2c:/none/i2c-7", absent.open.bus.c_str());
  CHECK_TRUE(absent.failure() == ErrorCode::kNotFound);
  STRCMP_CONTAINS("address: the integer 64 is out of bounds; expected 118 to 119",
                  Configured::problems_of(lines + "address = 0x40\n").c_str());
}
