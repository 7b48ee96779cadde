#include <array>
#include <string>

#include "config/keys.hpp"
#include "tests/config/key_checks.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(RuleKeys) {
  static constexpr std::array kSections{Section::kFilter, Section::kAlert, Section::kComposite};

  void expect_nothing(std::string(*check)(Section)) const {
    std::string findings;
    for (const Section section : kSections) findings += check(section);
    STRCMP_EQUAL("", findings.c_str());
  }
};

TEST(RuleKeys, are_read) {
  expect_nothing(unread_keys);
}
TEST(RuleKeys, have_the_default_that_is_documented) {
  expect_nothing(wrong_defaults);
}
TEST(RuleKeys, are_missed_when_they_are_required) {
  expect_nothing(wrong_requirements);
}
TEST(RuleKeys, take_what_lies_within_their_bounds_only) {
  expect_nothing(wrong_bounds);
}
TEST(RuleKeys, take_every_choice_and_no_other) {
  expect_nothing(wrong_choices);
}

}  // namespace sluice::config
