#include "config/wording.hpp"

#include <array>
#include <limits>
#include <string>
#include <string_view>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Wording){void expect_found(const char* expected, decltype(Node::value) value) const {
    STRCMP_EQUAL(expected, found(Node{.position = {}, .value = std::move(value)}).c_str());
}
}
;

TEST(Wording, hides_control_characters) {
  STRCMP_EQUAL("a?b?[31mc?", printable("a\nb\x1B[31mc\x7F").c_str());
}

TEST(Wording, leaves_other_languages_alone) {
  STRCMP_EQUAL(
      "\"\xC2\xB0"
      "C\"",
      in_quotes("\xC2\xB0"
                "C")
          .c_str());
}

TEST(Wording, cuts_what_is_long) {
  const std::string shown = printable(std::string(1'000, 'a'));
  LONGS_EQUAL(83, shown.size());
  STRCMP_EQUAL("...", shown.substr(80).c_str());
}

TEST(Wording, cuts_before_a_character_and_not_inside_one) {
  const std::string shown = printable(std::string(79, 'a') + "\xC3\xA4\xC3\xA4");
  STRCMP_EQUAL((std::string(79, 'a') + "\xC3\xA4...").c_str(), shown.c_str());
}

TEST(Wording, writes_numbers_short) {
  STRCMP_EQUAL("80", text_of(80.0).c_str());
  STRCMP_EQUAL("0.1", text_of(0.1).c_str());
  STRCMP_EQUAL("-0.5", text_of(-0.5).c_str());
  STRCMP_EQUAL("500000000", text_of(5e8).c_str());
  STRCMP_EQUAL("1e+20", text_of(1e20).c_str());
  STRCMP_EQUAL("1e-09", text_of(1e-9).c_str());
  STRCMP_EQUAL("0", text_of(0.0).c_str());
  STRCMP_EQUAL("inf", text_of(std::numeric_limits<double>::infinity()).c_str());
}

TEST(Wording, writes_the_longest_number) {
  STRCMP_EQUAL("-0.0000012345678901234567", text_of(-0.0000012345678901234567).c_str());
  STRCMP_EQUAL("-1.7976931348623157e+308", text_of(-1.7976931348623157e308).c_str());
}

TEST(Wording, says_what_a_value_is) {
  expect_found("the text \"fast\"", std::string("fast"));
  expect_found("the integer 5", std::int64_t{5});
  expect_found("the number 2.5", 2.5);
  expect_found("true", true);
  expect_found("false", false);
  expect_found("a date or time", Moment{});
  expect_found("an empty list", Array{});
  expect_found("a list of 2", Array(2));
  expect_found("a table", Table{});
}

TEST(Wording, lists_names_to_choose_from) {
  constexpr std::array<std::string_view, 3> kNames{"a", "b", "c"};
  STRCMP_EQUAL("\"a\", \"b\" or \"c\"", either(kNames).c_str());
  STRCMP_EQUAL("\"a\"", either(std::span(kNames).first(1)).c_str());
}

}  // namespace sluice::config
