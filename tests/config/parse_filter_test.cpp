#include <chrono>
#include <string>
#include <vector>

#include "core/filter.hpp"
#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(ParseFilter){void expect(const char* expected, const std::string& filter) const {
    STRCMP_EQUAL(expected, problems_in(in_channel("filters = [{" + filter + "}]")).c_str());
}  // namespace sluice::config
}
;

TEST(ParseFilter, takes_each_kind_in_the_order_of_the_file) {
  const Config config = config_of(in_channel(
      "filters = [{median = 5}, {mean = 4}, {exponential = \"10s\"}, {clamp = [0, 100]}, "
      "{deadband = 0.5, silence = \"1m\"}, {deadband = 2}]"));
  const std::vector<FilterSpec> expected{Median{5},     MovingMean{4},       Exponential{10s},
                                         Clamp{0, 100}, Deadband{0.5, 1min}, Deadband{2}};
  CHECK_TRUE(config.channels[0].spec.filters == expected);
}

TEST(ParseFilter, wants_exactly_one_in_a_table) {
  expect(
      "t.toml:5:12: channel[1].filters[1]: no filter; expected \"median\", \"mean\", "
      "\"exponential\", \"clamp\" or \"deadband\"",
      "");
  expect(
      "t.toml:5:32: channel[1].filters[1].mean: a second filter beside median; exactly one is "
      "taken",
      "median = 5, mean = 4");
}

TEST(ParseFilter, does_not_also_miss_what_is_misspelt) {
  expect("t.toml:5:13: channel[1].filters[1].meidan: unknown key; did you mean \"median\"?",
         "meidan = 5");
}

TEST(ParseFilter, wants_silence_beside_a_deadband_only) {
  expect("t.toml:5:35: channel[1].filters[1].silence: only a deadband takes a silence, not median",
         "median = 5, silence = \"10s\"");
}

TEST(ParseFilter, bounds_windows) {
  expect(
      "t.toml:5:22: channel[1].filters[1].median: the integer 65 is out of bounds; expected 1 to "
      "64",
      "median = 65");
}

}  // namespace sluice::config
