#include <string>
#include <variant>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

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

TEST(ParseActuator, has_a_name_of_its_own) {
  STRCMP_EQUAL(
      "t.toml:5:8: actuator[2].name: \"horn\" is taken by the actuator in line 2; choose another",
      problems_in(before_channel("[[actuator]]\nname = \"horn\"\ndriver = \"log\"\n"
                                 "[[actuator]]\nname = \"horn\"\ndriver = \"log\""))
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
