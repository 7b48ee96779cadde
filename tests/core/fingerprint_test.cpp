#include "core/fingerprint.hpp"

#include <chrono>
#include <cstdint>
#include <set>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using std::chrono::seconds;

TEST_GROUP(Fingerprint) {
  ChannelSpec spec{.name = "boiler", .unit = "Cel"};
  std::set<std::uint64_t> seen;

  std::uint64_t of(const Condition& condition) const {
    AlertRule rule;
    rule.name = "hot";
    rule.condition = condition;
    return fingerprint_of_rule(spec, rule);
  }
  void expect_new(std::uint64_t print) {
    CHECK_TRUE(seen.insert(print).second);
  }
};

TEST(Fingerprint, is_the_same_for_the_same_rule) {
  CHECK_TRUE(of(Above{80, 75}) == of(Above{80, 75}));
  CHECK_TRUE(fingerprint_of_channel(spec) == fingerprint_of_channel(spec));
}

TEST(Fingerprint, is_another_one_for_every_other_condition) {
  for (const Condition& condition : std::vector<Condition>{
           Above{80, 75}, Above{80, 74}, Above{81, 75}, Below{75, 80},
           RateOfChange{2, 1, seconds(5)}, RateOfChange{2, 1, seconds(6)}, NoData{seconds(5)},
           FlatLine{0, seconds(5)}, FlatLine{1, seconds(5)}, Anomaly{4}, Anomaly{5},
           WindowLevel{Aggregate::kMean, {true, 1, 1}, seconds(5), seconds(1)},
           WindowLevel{Aggregate::kMax, {true, 1, 1}, seconds(5), seconds(1)},
           WindowLevel{Aggregate::kMax, {false, 1, 1}, seconds(5), seconds(1)},
           WindowLevel{Aggregate::kMax, {false, 1, 1}, seconds(6), seconds(1)},
           SeveralOf{{true, 1, 1}, 2, 3}, SeveralOf{{true, 1, 1}, 3, 3}, Repeats{3, 0},
           Repeats{4, 0}}) {
    expect_new(of(condition));
  }
}

TEST(Fingerprint, is_another_one_when_values_come_otherwise) {
  expect_new(of(Above{80, 75}));
  expect_new(fingerprint_of_channel(spec));
  spec.calibration.scale = 2.0;
  expect_new(of(Above{80, 75}));
  expect_new(fingerprint_of_channel(spec));
  spec.filters = {Median{3}};
  expect_new(of(Above{80, 75}));
  spec.filters = {MovingMean{3}};
  expect_new(of(Above{80, 75}));
  spec.filters = {Exponential{seconds(3)}};
  expect_new(of(Above{80, 75}));
  spec.filters = {Clamp{0, 1}};
  expect_new(of(Above{80, 75}));
  spec.filters = {Deadband{1, seconds(3)}};
  expect_new(of(Above{80, 75}));
}

TEST(Fingerprint, does_not_mind_how_severe_or_patient_a_rule_is) {
  AlertRule rule;
  rule.name = "hot";
  const std::uint64_t print = fingerprint_of_rule(spec, rule);
  rule.severity = Severity::kCritical;
  rule.hold = seconds(10);
  CHECK_TRUE(fingerprint_of_rule(spec, rule) == print);
}

TEST(Fingerprint, tells_texts_apart) {
  expect_new(fingerprint_of_text("all of a"));
  expect_new(fingerprint_of_text("all of b"));
}
