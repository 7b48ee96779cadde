#include <string>

#include "config/keys.hpp"
#include "tests/config/key_checks.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(RollupKeys){static void expect_nothing(std::string(*check)(Section)){
    STRCMP_EQUAL("", check(Section::kRollup).c_str());
}
}
;

TEST(RollupKeys, are_read) {
  expect_nothing(unread_keys);
}
TEST(RollupKeys, have_the_default_that_is_documented) {
  expect_nothing(wrong_defaults);
}
TEST(RollupKeys, are_missed_when_they_are_required) {
  expect_nothing(wrong_requirements);
}
TEST(RollupKeys, take_what_lies_within_their_bounds_only) {
  expect_nothing(wrong_bounds);
}

}  // namespace sluice::config
