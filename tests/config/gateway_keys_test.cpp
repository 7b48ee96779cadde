#include <array>
#include <string>

#include "config/keys.hpp"
#include "tests/config/key_checks.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(GatewayKeys) {
  static constexpr std::array kSections{Section::kRoot, Section::kGateway, Section::kRealtime,
                                        Section::kStorage, Section::kActuator};

  void expect_nothing(std::string(*check)(Section)) const {
    std::string findings;
    for (const Section section : kSections) findings += check(section);
    STRCMP_EQUAL("", findings.c_str());
  }
};

TEST(GatewayKeys, are_read) {
  expect_nothing(unread_keys);
}
TEST(GatewayKeys, have_the_default_that_is_documented) {
  expect_nothing(wrong_defaults);
}
TEST(GatewayKeys, are_missed_when_they_are_required) {
  expect_nothing(wrong_requirements);
}
TEST(GatewayKeys, take_what_lies_within_their_bounds_only) {
  expect_nothing(wrong_bounds);
}
TEST(GatewayKeys, take_every_choice_and_no_other) {
  expect_nothing(wrong_choices);
}

}  // namespace sluice::config
