#include <string>

#include "hal/device_drivers.hpp"
#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::config;

TEST_GROUP(ParseDevice){static hal::DeviceOptions device(const std::string& text){
    return std::get<hal::DeviceOptions>(config_of(text).channels.at(0).sensor);
}
}
;

TEST(ParseDevice, takes_the_keys_of_its_driver) {
  const hal::DeviceOptions options =
      device(in_channel_of("hwmon", "chip = \"nvme\"\nsensor = \"temp1\"\nsysfs = \"/tmp/sys\"\n"));
  STRCMP_EQUAL("hwmon", options.driver.c_str());
  STRCMP_EQUAL("nvme", options.settings.text("chip").c_str());
  STRCMP_EQUAL("/tmp/sys", options.settings.text("sysfs").c_str());
  CHECK_FALSE(options.settings.has("device"));
}

TEST(ParseDevice, fills_in_what_is_left_out) {
  const hal::DeviceOptions options =
      device(in_channel_of("hwmon", "chip = \"nvme\"\nsensor = \"temp1\"\n"));
  STRCMP_EQUAL("/sys", options.settings.text("sysfs").c_str());
  STRCMP_EQUAL("input", options.settings.text("attribute").c_str());
}

TEST(ParseDevice, says_what_is_missing) {
  STRCMP_CONTAINS("chip: missing; driver \"hwmon\" needs one, such as chip = \"nvme\"",
                  problems_in(in_channel_of("hwmon", "sensor = \"temp1\"\n")).c_str());
}

TEST(ParseDevice, takes_no_key_of_another_driver) {
  STRCMP_CONTAINS("a key of driver \"hwmon\", not of driver \"file\"",
                  problems_in(in_channel_of("file", "chip = \"x\"\n")).c_str());
}

TEST(ParseDevice, takes_no_key_that_no_driver_has) {
  STRCMP_CONTAINS("unknown key; did you mean \"chip\"?",
                  problems_in(in_channel_of("hwmon", "chi = \"nvme\"\n")).c_str());
}

TEST(ParseDevice, holds_values_to_their_bounds) {
  STRCMP_CONTAINS("a text of 0 bytes",
                  problems_in(in_channel_of("hwmon", "chip = \"\"\nsensor = \"temp1\"\n")).c_str());
  STRCMP_CONTAINS("expected a text",
                  problems_in(in_channel_of("hwmon", "chip = 3\nsensor = \"temp1\"\n")).c_str());
}

TEST(ParseDevice, takes_no_more_buses_than_a_gateway_can_have) {
  std::string text;
  const auto add = [&text](std::size_t bus) {
    text += "[[channel]]\nname = \"c" + std::to_string(bus) +
            "\"\nunit = \"1\"\ndriver = \"hwmon\"\nsensor = \"temp1\"\nchip = \"chip" +
            std::to_string(bus) + "\"\n";
  };
  for (std::size_t i = 0; i < hal::kBusesMax; ++i) add(i);
  STRCMP_EQUAL("", problems_in(text).c_str());
  add(hal::kBusesMax);
  STRCMP_CONTAINS("bus \"hwmon:chip32\" is one more than the 32 that a gateway can have",
                  problems_in(text).c_str());
}
