#include <string>

#include "hal/device_drivers.hpp"
#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::config;

namespace {

hal::DeviceOptions device(const std::string& text) {
  return std::get<hal::DeviceOptions>(config_of(text).channels.at(0).sensor);
}

// A channel of the chip at `address` of one adapter, and one of an ADC at 0x48.
std::string chip(const std::string& name, const std::string& driver, const std::string& quantity,
                 const std::string& address) {
  return "[[channel]]\nname = \"" + name + "\"\nunit = \"1\"\ndriver = \"" + driver +
         "\"\nadapter = \"i2c-1\"\nquantity = \"" + quantity + "\"\naddress = " + address + "\n";
}
std::string adc(const std::string& name) {
  return "[[channel]]\nname = \"" + name +
         "\"\nunit = \"V\"\ndriver = \"ads1115\"\nadapter = \"i2c-1\"\ninput = \"0\"\n";
}

}  // namespace

TEST_GROUP(ParseDevice){};

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

TEST(ParseDevice, lets_channels_of_one_chip_share_its_address) {
  STRCMP_EQUAL("", problems_in(chip("a", "bme280", "temperature", "0x76") +
                               chip("b", "bme280", "humidity", "0x76"))
                       .c_str());
}

TEST(ParseDevice, takes_no_two_drivers_for_one_address) {
  const std::string text = chip("a", "ina219", "voltage", "0x48") + adc("b");
  STRCMP_CONTAINS(
      "t.toml:11:10: channel[2].driver: i2c:i2c-1/0x48 is read by driver \"ina219\" in "
      "line 4; only one of them can be right",
      problems_in(text).c_str());
}
