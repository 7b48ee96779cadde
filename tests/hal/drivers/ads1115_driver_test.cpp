#include "hal/drivers/ads1115_driver.hpp"

#include <functional>
#include <string>

#include "tests/hal/buses/fake_i2c_bus.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using ads1115::FullScale;
using ads1115::Input;

TEST_GROUP(Ads1115Driver) {
  FakeI2cBus bus;
  WordRegisters chip;
  Ads1115Probe probe{bus, 0x48, Input::k0, FullScale::k4096mV};
  std::uint16_t conversion = 0x4000;
  int looks_until_ready = 1;
  const Instant now{std::chrono::seconds(1)};

  // Bit 15 is 0 while it converts.
  void setup() override {
    bus.devices[0x48] = [this](std::span<const std::uint8_t> out,
                               std::span<std::uint8_t> in) -> Result<> {
      if (out.size() == 3) {
        looks_ = 0;
        chip.words[0] = conversion;
      }
      const Result<> done = chip(out, in);
      if (chip.pointer == 1 && in.size() == 2) {
        const bool ready = ++looks_ >= looks_until_ready;
        in[0] = static_cast<std::uint8_t>((in[0] & 0x7FU) | (ready ? 0x80U : 0U));
      }
      return done;
    };
  }
  int looks_ = 0;
};

TEST(Ads1115Driver, measures_a_voltage) {
  DOUBLES_EQUAL(2.048, probe.measure(now).value(), 1e-9);
  LONGS_EQUAL(ads1115::config_of(Input::k0, FullScale::k4096mV), chip.words[1]);
}

TEST(Ads1115Driver, waits_for_the_conversion_and_not_for_ever) {
  looks_until_ready = 3;
  CHECK_TRUE(probe.measure(now).ok());
  CHECK_TRUE(bus.waited >= 3 * ads1115::kConversionTakes);
  looks_until_ready = 100;
  CHECK_TRUE(probe.measure(now).error().code == ErrorCode::kTimeout);
}

TEST(Ads1115Driver, sees_that_somebody_else_uses_the_chip) {
  const auto device = bus.devices[0x48];
  bus.devices[0x48] = [this, device](std::span<const std::uint8_t> out,
                                     std::span<std::uint8_t> in) -> Result<> {
    const Result<> done = device(out, in);
    if (out.size() == 3) chip.words[1] = 0x8583;
    return done;
  };
  CHECK_TRUE(probe.measure(now).error().code == ErrorCode::kCorrupt);
}

TEST(Ads1115Driver, takes_no_voltage_beyond_its_range) {
  conversion = 0x7FFF;
  CHECK_TRUE(probe.measure(now).error().code == ErrorCode::kCorrupt);
}

TEST(Ads1115Driver, passes_on_each_failure_of_the_bus) {
  for (const int number : {1, 2, 3}) {
    bus.fail_from(number, ErrorCode::kTimeout);
    CHECK_TRUE(probe.measure(now).error().code == ErrorCode::kTimeout);
    bus.failure.reset();
  }
}

TEST(Ads1115Driver, is_configured_with_adapter_and_input) {
  const std::string lines = "driver = \"ads1115\"\nadapter = \"i2c-1\"\ninput = \"0-1\"\n";
  const Configured channel(lines);
  STRCMP_EQUAL("i2c:i2c-1", channel.open.bus.c_str());
  STRCMP_CONTAINS("unknown full_scale",
                  Configured::problems_of(lines + "full_scale = \"5V\"\n").c_str());
}
