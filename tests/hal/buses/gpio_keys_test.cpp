#include "hal/buses/gpio_keys.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::hal;

TEST_GROUP(GpioKeys) {
  Settings settings;

  void setup() override {
    settings.set("chip", std::string("pinctrl-bcm2711"));
    settings.set("line", std::string("GPIO17"));
    settings.set("active_low", true);
    settings.set("bias", std::string("pull-down"));
  }
};

TEST(GpioKeys, say_what_is_asked_of_the_kernel) {
  const GpioRequest request = gpio_request(settings);
  STRCMP_EQUAL("pinctrl-bcm2711", request.chip.c_str());
  STRCMP_EQUAL("GPIO17", request.line.c_str());
  CHECK_TRUE(request.active_low);
  CHECK_TRUE(request.bias == GpioBias::kPullDown);
}

TEST(GpioKeys, say_which_line_it_is) {
  STRCMP_EQUAL("gpio:pinctrl-bcm2711 line GPIO17", gpio_address(settings).c_str());
}
