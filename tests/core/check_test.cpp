#include "core/check.hpp"

#include <string>

#include "tests/core/death.hpp"

namespace sluice {
namespace {

// Here, because CppUTest has a CHECK of its own.
void require_two(int number) {
  CHECK(number == 2);
}

}  // namespace
}  // namespace sluice

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Check){};

TEST(Check, does_nothing_when_the_condition_holds) {
  require_two(2);
  STRCMP_EQUAL("", last_words([] { require_two(2); }).c_str());
}

TEST(Check, stops_the_process_and_says_what_and_where) {
  const std::string words = last_words([] { require_two(3); });
  STRCMP_CONTAINS("CHECK(number == 2) failed at", words.c_str());
  STRCMP_CONTAINS("check_test.cpp:", words.c_str());
}

}  // namespace sluice
