#include "hal/drivers/sht3x_driver.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "hal/chips/sht3x.hpp"
#include "tests/hal/buses/fake_i2c_bus.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using Quantity = Sht3xProbe::Quantity;

TEST_GROUP(Sht3xDriver) {
  FakeI2cBus bus;
  Sht3xProbe thermometer{bus, 0x44, Quantity::kTemperature};
  std::array<std::uint8_t, 6> answer{0x66, 0x66, 0, 0x80, 0x00, 0};
  const Instant now{std::chrono::seconds(1)};

  // It does not acknowledge a read before it was told to measure and had its time for that.
  void setup() override {
    answer[2] = sht3x::checksum(std::array<std::uint8_t, 2>{answer[0], answer[1]});
    answer[5] = sht3x::checksum(std::array<std::uint8_t, 2>{answer[3], answer[4]});
    bus.devices[0x44] = [this](std::span<const std::uint8_t> out,
                               std::span<std::uint8_t> in) -> Result<> {
      if (!out.empty()) {
        LONGS_EQUAL(2, out.size());
        LONGS_EQUAL(0x24, out[0]);
        LONGS_EQUAL(0x00, out[1]);
        bus.waited = {};
        return Ok{};
      }
      if (bus.waited < std::chrono::milliseconds(15)) {
        return Error{ErrorCode::kUnavailable, "busy"};
      }
      std::copy_n(answer.begin(), in.size(), in.begin());
      return Ok{};
    };
  }
};

TEST(Sht3xDriver, measures_each_quantity) {
  DOUBLES_EQUAL(25.0, thermometer.measure(now).value(), 0.01);
  Sht3xProbe hygrometer{bus, 0x44, Quantity::kHumidity};
  DOUBLES_EQUAL(50.0, hygrometer.measure(now).value(), 0.01);
}

TEST(Sht3xDriver, takes_no_wrong_checksum) {
  answer[5] = static_cast<std::uint8_t>(answer[5] ^ 1U);
  CHECK_TRUE(thermometer.measure(now).error().code == ErrorCode::kCorrupt);
}

TEST(Sht3xDriver, passes_on_each_failure_of_the_bus) {
  for (const int number : {1, 2}) {
    bus.fail_from(number, ErrorCode::kTimeout);
    CHECK_TRUE(thermometer.measure(now).error().code == ErrorCode::kTimeout);
    bus.failure.reset();
  }
}

TEST(Sht3xDriver, is_configured_with_adapter_and_quantity) {
  const Configured channel(
      "driver = \"sht3x\"\nadapter = \"i2c-1\"\naddress = 0x45\nquantity = \"humidity\"\n");
  STRCMP_EQUAL("i2c:i2c-1", channel.open.bus.c_str());
}
