#include "hal/drivers/gpio_output.hpp"

#include <memory>
#include <string>
#include <vector>

#include "hal/settings.hpp"
#include "tests/hal/buses/fake_gpio_line.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(GpioOutput) {
  Wire wire;
  GpioOutput output{std::make_unique<FakeGpioLine>(wire),
                    {.chip = "a", .line = "1", .drive = GpioDrive::kOpenDrain}};

  static Settings settings() {
    Settings settings;
    settings.set("chip", std::string("gpiochip999"));
    settings.set("line", std::string("5"));
    settings.set("safe", std::string("off"));
    settings.set("active_low", false);
    settings.set("bias", std::string("as-is"));
    settings.set("drive", std::string("push-pull"));
    return settings;
  }
};

TEST(GpioOutput, is_opened_on_or_off_without_a_moment_of_the_other) {
  CHECK_TRUE(output.open(true).ok());
  CHECK_TRUE(wire.levels == std::vector<bool>{true});
  CHECK_TRUE(wire.request->use == GpioRequest::Use::kOutput);
  CHECK_TRUE(wire.request->drive == GpioDrive::kOpenDrain);
  CHECK_TRUE(output.open(false).ok());
  CHECK_TRUE(wire.levels == (std::vector<bool>{true, false}));
}

TEST(GpioOutput, is_switched_and_says_what_it_is) {
  CHECK_TRUE(output.open(false).ok());
  CHECK_TRUE(output.set(true).ok());
  CHECK_TRUE(output.is_on().value());
  wire.level = false;
  CHECK_FALSE(output.is_on().value());
}

TEST(GpioOutput, lets_go) {
  CHECK_TRUE(output.open(false).ok());
  output.close();
  CHECK_FALSE(wire.taken());
}

TEST(GpioOutput, is_of_its_chip) {
  STRCMP_EQUAL("gpio-out:gpiochip999", kGpioOutput.bus(settings()).c_str());
  STRCMP_EQUAL("gpio:gpiochip999 line 5", kGpioOutput.address(settings()).c_str());
}

TEST(GpioOutput, is_absent_without_its_chip) {
  CHECK_TRUE(kGpioOutput.make(settings())->open(false).error().code == ErrorCode::kNotFound);
}
