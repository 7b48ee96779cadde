#include <chrono>
#include <string>
#include <vector>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(ParseComposite) {
  using Names = std::vector<std::string>;

  // The channel's only alert is "x".
  std::string with(const std::string& alerts) const {
    return in_alert("above = 1\n" + alerts);
  }
  void expect(const char* expected, const std::string& alerts) const {
    STRCMP_EQUAL(expected, problems_in(with(alerts)).c_str());
  }
};

TEST(ParseComposite, takes_all_any_and_none_and_what_alerts_have) {
  const Config config = config_of(
      with("[[channel.alert]]\nname = \"y\"\nbelow = 0\n[[alert]]\nname = \"c\"\nall = [\"x\"]\n"
           "any = [\"x\", \"y\"]\nnone = [\"y\"]\nfor = \"5s\"\nseverity = \"critical\""));
  CHECK_EQUAL(1U, config.composites.size());
  const CompositeOptions& composite = config.composites[0];
  CHECK_TRUE(composite.all == Names{"x"});
  CHECK_TRUE((composite.any == Names{"x", "y"}));
  CHECK_TRUE(composite.none == Names{"y"});
  const AlertRule expected{
      .name = "c", .condition = {}, .severity = Severity::kCritical, .hold = 5s};
  CHECK_TRUE(composite.rule == expected);
}

TEST(ParseComposite, puts_each_behind_those_that_it_names) {
  const Config config =
      config_of(with("[[alert]]\nname = \"top\"\nany = [\"middle\"]\n"
                     "[[alert]]\nname = \"middle\"\nnone = [\"low\"]\n"
                     "[[alert]]\nname = \"low\"\nall = [\"x\"]"));
  CHECK_EQUAL(3U, config.composites.size());
  STRCMP_EQUAL("low", config.composites[0].rule.name.c_str());
  STRCMP_EQUAL("middle", config.composites[1].rule.name.c_str());
  STRCMP_EQUAL("top", config.composites[2].rule.name.c_str());
}

TEST(ParseComposite, does_not_turn_in_a_circle) {
  expect(
      "t.toml:9:8: alert[1].name: alerts that name each other in a circle, or one that does: "
      "\"a\", \"b\"",
      "[[alert]]\nname = \"a\"\nall = [\"b\"]\n[[alert]]\nname = \"b\"\nany = [\"a\"]");
}

TEST(ParseComposite, names_alerts_that_there_are) {
  expect("t.toml:10:7: alert[1].any: there is no alert \"xx\"",
         "[[alert]]\nname = \"a\"\nany = [\"xx\"]");
  expect("t.toml:10:7: alert[1].all: an alert cannot name itself here",
         "[[alert]]\nname = \"a\"\nall = [\"a\"]");
}

TEST(ParseComposite, has_a_name_that_no_other_alert_has) {
  expect("t.toml:12:8: alert[1].name: \"x\" is taken by the alert in line 6; choose another",
         "[[channel.alert]]\nname = \"y\"\nabove = 1\n[[alert]]\nname = \"x\"\nnone = [\"y\"]");
}

TEST(ParseComposite, has_a_condition) {
  expect(
      "t.toml:9:8: alert[1].name: no condition; expected \"all\", \"any\", \"none\" or "
      "\"bus_down\"",
      "[[alert]]\nname = \"a\"");
}

TEST(ParseComposite, names_a_bus_that_channels_are_read_over) {
  expect("t.toml:10:12: alert[1].bus_down: no channel is read over the bus \"i2c-9\"",
         "[[alert]]\nname = \"a\"\nbus_down = \"i2c-9\"");
}

}  // namespace sluice::config
