#include "config/suggest.hpp"

#include <array>
#include <string>
#include <string_view>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Suggest) {
  static constexpr std::array<std::string_view, 5> kKnown{"period", "unit", "for", "scale",
                                                          "clear"};

  void expect_nearest(const char* expected, const char* name) const {
    STRCMP_EQUAL(expected, std::string(nearest(name, kKnown)).c_str());
  }
};

TEST(Suggest, counts_letters_that_are_missing_added_wrong_or_swapped) {
  LONGS_EQUAL(0, typing_errors("period", "period"));
  LONGS_EQUAL(1, typing_errors("perod", "period"));
  LONGS_EQUAL(1, typing_errors("perriod", "period"));
  LONGS_EQUAL(1, typing_errors("perikd", "period"));
  LONGS_EQUAL(1, typing_errors("peroid", "period"));
  LONGS_EQUAL(2, typing_errors("eproid", "period"));
  LONGS_EQUAL(6, typing_errors("", "period"));
  LONGS_EQUAL(6, typing_errors("period", ""));
}

TEST(Suggest, names_what_is_near) {
  expect_nearest("period", "perod");
  expect_nearest("period", "perios");
  expect_nearest("period", "preiods");
  expect_nearest("unit", "unti");
  expect_nearest("scale", "sclae");
}

TEST(Suggest, names_nothing_that_is_far) {
  expect_nearest("", "interval");
  expect_nearest("", "");
  expect_nearest("", "perixxx");
}

TEST(Suggest, wants_more_than_half_of_a_short_word_to_be_right) {
  expect_nearest("for", "fo");
  expect_nearest("", "xox");
}

TEST(Suggest, takes_the_nearest_and_the_first_of_equals) {
  constexpr std::array<std::string_view, 3> kAlike{"load15", "load1", "load5"};
  STRCMP_EQUAL("load1", std::string(nearest("load", kAlike)).c_str());
}

TEST(Suggest, asks_or_says_nothing) {
  STRCMP_EQUAL("; did you mean \"clear\"?", suggestion("claer", kKnown).c_str());
  STRCMP_EQUAL("", suggestion("interval", kKnown).c_str());
}

TEST(Suggest, is_not_worn_out_by_a_long_name) {
  const std::string name(1'000'000, 'a');
  STRCMP_EQUAL("", suggestion(name, kKnown).c_str());
}

}  // namespace sluice::config
