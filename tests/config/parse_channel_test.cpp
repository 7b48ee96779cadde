#include <chrono>
#include <limits>
#include <string>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(ParseChannel){void expect(const char* expected, const std::string& toml)
                             const {STRCMP_EQUAL(expected, problems_in(toml).c_str());
}  // namespace sluice::config
static std::string channels(int count, const std::string& lines) {
  std::string toml;
  for (int i = 0; i < count; ++i) {
    toml += "[[channel]]\nname = \"c" + std::to_string(i) +
            "\"\ndriver = \"simulated\"\nunit = \"1\"\n" + lines;
  }
  return toml;
}
}
;

TEST(ParseChannel, takes_what_is_there) {
  const Config config =
      config_of(in_channel("period = \"250ms\"\nscale = 0.1\noffset = -40\nrange = [-40, 85]"));
  const ChannelSpec& spec = config.channels[0].spec;
  STRCMP_EQUAL("a", spec.name.c_str());
  STRCMP_EQUAL("Cel", spec.unit.c_str());
  CHECK_TRUE(spec.period == 250ms);
  DOUBLES_EQUAL(0.1, spec.calibration.scale, 0.0);
  DOUBLES_EQUAL(-40.0, spec.calibration.offset, 0.0);
  DOUBLES_EQUAL(-40.0, spec.range.low, 0.0);
  DOUBLES_EQUAL(85.0, spec.range.high, 0.0);
}

TEST(ParseChannel, believes_every_value_unless_it_is_told) {
  const Range range = config_of(in_channel("")).channels[0].spec.range;
  CHECK_TRUE(range.low == -std::numeric_limits<double>::infinity());
  CHECK_TRUE(range.high == std::numeric_limits<double>::infinity());
}

TEST(ParseChannel, keeps_the_order_of_the_file) {
  const Config config = config_of(channels(3, ""));
  STRCMP_EQUAL("c0", config.channels[0].spec.name.c_str());
  STRCMP_EQUAL("c2", config.channels[2].spec.name.c_str());
}

TEST(ParseChannel, has_a_name_of_its_own) {
  expect("t.toml:6:8: channel[2].name: \"a\" is taken by the channel in line 2; choose another",
         in_channel("[[channel]]\nname = \"a\"\nunit = \"1\"\ndriver = \"simulated\""));
}

TEST(ParseChannel, has_a_unit) {
  expect(
      "t.toml:1:1: channel[1].unit: missing; [[channel]] needs one, such as unit = \"Cel\", or "
      "unit = \"1\" for a plain number",
      "[[channel]]\nname = \"a\"\ndriver = \"simulated\"");
}

TEST(ParseChannel, has_a_scale_that_leaves_something_of_the_value) {
  expect("t.toml:5:9: channel[1].scale: a scale of 0 makes every value the same",
         in_channel("scale = 0"));
}

TEST(ParseChannel, is_missed_when_there_is_none) {
  expect("t.toml:1:1: channel: missing; the file needs one, such as [[channel]]", "");
  expect("t.toml:1:11: channel: 0 entries; expected 1 to 1024 entries", "channel = []");
}

TEST(ParseChannel, is_one_of_1024_at_most) {
  CHECK_EQUAL(kChannelsMax, config_of(channels(1'024, "")).channels.size());
  expect("t.toml:1:1: channel: 1025 entries; expected 1 to 1024 entries", channels(1'025, ""));
}

TEST(ParseChannel, has_4096_alerts_together_with_the_others_at_most) {
  std::string toml;
  for (int i = 0; i < 257; ++i) {
    toml += "[[channel]]\nname = \"c" + std::to_string(i) +
            "\"\ndriver = \"simulated\"\nunit = \"1\"\nalert = [\n";
    for (int k = 0; k < 16; ++k) {
      const bool is_beyond = i == 256 && k > 0;
      if (is_beyond) break;
      toml += "{name = \"a" + std::to_string(i) + "_" + std::to_string(k) + "\", above = 1},\n";
    }
    toml += "]\n";
  }
  expect("t.toml:5637:9: channel[257].alert: more than 4096 alerts in the gateway", toml);
}

}  // namespace sluice::config
