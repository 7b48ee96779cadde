#include <chrono>
#include <string>
#include <variant>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

namespace {

const std::string kPump =
    "[[actuator]]\nname = \"pump\"\ndriver = \"gpio\"\nchip = \"gpiochip0\"\n"
    "line = \"17\"\n";

}  // namespace

TEST_GROUP(ParseActuator){};

TEST(ParseActuator, takes_each_with_its_driver) {
  const Config config =
      config_of(before_channel("[[actuator]]\nname = \"horn\"\ndriver = \"log\"\n"
                               "[[actuator]]\nname = \"lamp\"\ndriver = \"simulated\""));
  STRCMP_EQUAL("horn", config.actuators[0].name.c_str());
  CHECK_TRUE(std::holds_alternative<hal::LogActuatorOptions>(config.actuators[0].kind));
  STRCMP_EQUAL("lamp", config.actuators[1].name.c_str());
  CHECK_TRUE(std::holds_alternative<hal::SimulatedActuatorOptions>(config.actuators[1].kind));
}

TEST(ParseActuator, has_least_times) {
  const Config config = config_of(before_channel(
      "[[actuator]]\nname = \"horn\"\ndriver = \"log\"\nmin_on = \"30s\"\nmin_off = \"5m\"\n"
      "[[actuator]]\nname = \"lamp\"\ndriver = \"log\""));
  CHECK_TRUE(config.actuators[0].min_on == std::chrono::seconds(30));
  CHECK_TRUE(config.actuators[0].min_off == std::chrono::minutes(5));
  CHECK_TRUE(config.actuators[1].min_on == Duration{});
  CHECK_TRUE(config.actuators[1].min_off == Duration{});
}

TEST(ParseActuator, has_a_name_of_its_own) {
  STRCMP_EQUAL(
      "t.toml:5:8: actuator[2].name: \"horn\" is taken by the actuator in line 2; choose another",
      problems_in(before_channel("[[actuator]]\nname = \"horn\"\ndriver = \"log\"\n"
                                 "[[actuator]]\nname = \"horn\"\ndriver = \"log\""))
          .c_str());
}

TEST(ParseActuator, takes_the_keys_of_its_driver_with_their_defaults) {
  const Config config = config_of(before_channel(kPump));
  const auto& options = std::get<hal::DeviceOptions>(config.actuators[0].kind);
  STRCMP_EQUAL("gpio", options.driver.c_str());
  STRCMP_EQUAL("17", options.settings.text("line").c_str());
  STRCMP_EQUAL("off", options.settings.text("safe").c_str());
  CHECK_FALSE(options.settings.flag("active_low"));
}

TEST(ParseActuator, takes_no_key_of_another_driver) {
  STRCMP_CONTAINS("actuator[1].duty_on: a key of driver \"pwm\" of an actuator",
                  problems_in(before_channel(kPump + "duty_on = 5\n")).c_str());
  STRCMP_CONTAINS("actuator[1].chip: a key of driver \"gpio\" of an actuator",
                  problems_in(before_channel("[[actuator]]\nname = \"a\"\ndriver = \"log\"\n"
                                             "chip = \"gpiochip0\"\n"))
                      .c_str());
}

TEST(ParseActuator, passes_on_what_only_the_driver_can_see) {
  STRCMP_CONTAINS("actuator[1].duty_on: the same as duty_off",
                  problems_in(before_channel("[[actuator]]\nname = \"a\"\ndriver = \"pwm\"\n"
                                             "chip = \"pwmchip0\"\nchannel = 0\n"
                                             "period = \"1ms\"\nduty_off = 100\n"))
                      .c_str());
}

TEST(ParseActuator, has_its_line_for_itself) {
  STRCMP_EQUAL(
      "t.toml:8:10: actuator[2].driver: gpio:gpiochip0 line 17 is switched by driver \"gpio\" in "
      "line 3; only one of them can be right",
      problems_in(before_channel(kPump + "[[actuator]]\nname = \"fan\"\ndriver = \"gpio\"\n"
                                         "chip = \"gpiochip0\"\nline = \"17\"\n"))
          .c_str());
  STRCMP_CONTAINS("line 17 is switched by driver \"gpio\" in line 3",
                  problems_in(before_channel(kPump + "[[channel]]\nname = \"flow\"\nunit = \"1\"\n"
                                                     "driver = \"gpio\"\nchip = \"gpiochip0\"\n"
                                                     "line = \"17\"\n"))
                      .c_str());
}

TEST(ParseActuator, is_one_of_64_at_most) {
  std::string lines;
  for (int i = 0; i < 65; ++i) {
    lines += "[[actuator]]\nname = \"a" + std::to_string(i) + "\"\ndriver = \"log\"\n";
  }
  STRCMP_EQUAL("t.toml:1:1: actuator: 65 entries; expected 0 to 64 entries",
               problems_in(before_channel(lines)).c_str());
}

}  // namespace sluice::config
