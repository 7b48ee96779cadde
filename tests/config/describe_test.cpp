#include "config/describe.hpp"

#include <chrono>
#include <string>
#include <utility>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(Describe){void expect(const char* expected, Condition condition, Duration hold,
                                 const char* unit) const {AlertRule rule;
rule.condition = std::move(condition);
rule.hold = hold;
STRCMP_EQUAL(expected, describe(rule, unit).c_str());
}  // namespace sluice::config
}
;

TEST(Describe, says_limit_hold_and_clear_level) {
  expect("value >= 80 Cel for 10s, clear at 75", Above{80, 75}, 10s, "Cel");
  expect("value <= 4.5 V for 1m30s, clear at 5", Below{4.5, 5}, 90s, "V");
}

TEST(Describe, leaves_out_what_says_nothing) {
  expect("value >= 80 Cel", Above{80, 80}, 0s, "Cel");
  expect("value >= 80", Above{80, 80}, 0s, "1");
}

TEST(Describe, says_over_which_time_a_rate_is_measured) {
  expect("change >= 2 Cel/s over 10s, clear at 1", RateOfChange{2, 1, 10s}, 0s, "Cel");
  expect("change >= 2 per second over 10s", RateOfChange{2, 2, 10s}, 0s, "1");
}

TEST(Describe, says_what_is_not_there) {
  expect("no good reading within 30s", NoData{30s}, 0s, "Cel");
  expect("no good reading within 30s for 5s", NoData{30s}, 5s, "Cel");
}

TEST(Describe, says_how_flat_a_line_is) {
  expect("value unchanged over 10m", FlatLine{0, 10min}, 0s, "Cel");
  expect("value within 0.1 Cel over 10m", FlatLine{0.1, 10min}, 0s, "Cel");
}

TEST(Describe, says_what_of_a_window_is_judged) {
  expect("mean over 10m >= 80 Cel for 10s, clear at 75",
         WindowLevel{Aggregate::kMean, {true, 80, 75}, 10min, 1s}, 10s, "Cel");
  expect("count over 1h <= 4", WindowLevel{Aggregate::kCount, {false, 4, 4}, 1h, 1s}, 0s, "Cel");
}

TEST(Describe, says_how_many_values_count) {
  expect("3 of the last 5 values <= 2 V, clear at 3", SeveralOf{{false, 2, 3}, 3, 5}, 0s, "V");
  expect("5 values in a row the same", Repeats{5, 0}, 0s, "V");
  expect("5 values in a row within 0.1 V", Repeats{5, 0.1}, 0s, "V");
}

TEST(Describe, says_what_other_alerts_have_to_be) {
  CompositeOptions composite;
  composite.all = {"a", "b"};
  composite.none = {"c"};
  composite.rule.hold = 10s;
  STRCMP_EQUAL("all of a, b and none of c for 10s", describe(composite).c_str());
  CompositeOptions bus;
  bus.bus_down = "i2c-1";
  STRCMP_EQUAL("all drivers on bus i2c-1 are down", describe(bus).c_str());
}

TEST(Describe, says_how_unusual_a_value_is) {
  expect("value unusual by 4 decades", Anomaly{4}, 0s, "Cel");
  expect("value unusual by 4.5 decades for 10m", Anomaly{4.5}, 10min, "Cel");
}

}  // namespace sluice::config
