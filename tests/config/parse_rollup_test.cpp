#include <chrono>
#include <string>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

using namespace std::chrono_literals;
using sluice::Duration;

namespace sluice::config {

TEST_GROUP(ParseRollup){static void expect(const char* expected, const std::string& lines){
    STRCMP_EQUAL(expected, problems_in(before_channel("[rollup]\n" + lines)).c_str());
}
}
;

TEST(ParseRollup, takes_what_is_there) {
  const Config config = config_of(
      before_channel("[rollup]\nenabled = true\nwindows = [\"10s\", \"5m\"]\nlateness = \"1m\""));
  CHECK_TRUE(config.rollup.enabled);
  CHECK_TRUE(config.rollup.windows == (std::vector<Duration>{10s, 5min}));
  CHECK_TRUE(config.rollup.lateness == 1min);
}

TEST(ParseRollup, rolls_nothing_up_without_being_asked) {
  const Config config = config_of(before_channel(""));
  CHECK_TRUE(config.rollup == RollupOptions());
  CHECK_FALSE(config.rollup.enabled);
}

TEST(ParseRollup, refuses_lengths_that_are_none) {
  expect("t.toml:2:11: rollup.windows: expected durations of 1s to 24h, found \"a while\"",
         "windows = [\"a while\"]");
  expect("t.toml:2:11: rollup.windows: expected durations of 1s to 24h, found \"2d\"",
         "windows = [\"1h\", \"2d\"]");
}

TEST(ParseRollup, wants_windows_that_make_up_each_other) {
  expect(
      "t.toml:2:11: rollup.windows: \"15m\" is no multiple of the one before it; windows of one "
      "length have to make up those of the next",
      "windows = [\"10m\", \"15m\"]");
  expect(
      "t.toml:2:11: rollup.windows: \"1m\" is no multiple of the one before it; windows of one "
      "length have to make up those of the next",
      "windows = [\"1m\", \"1m\"]");
  expect("t.toml:2:11: rollup.windows: \"7m\" does not go into 24h without a rest",
         "windows = [\"7m\"]");
}

TEST(ParseRollup, bounds_how_many_are_open_at_once) {
  expect(
      "t.toml:2:11: rollup.windows: \"1h\" is more than 100 times \"10s\"; leave one of them out",
      "windows = [\"10s\", \"1h\"]");
}

TEST(ParseRollup, knows_the_channels_it_leaves_out) {
  expect("t.toml:2:10: rollup.except: there is no channel \"pump\"", "except = [\"pump\"]");
}

}  // namespace sluice::config
