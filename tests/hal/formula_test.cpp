#include "hal/formula.hpp"

#include <cmath>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(Formula){double value(const std::string& text, const std::vector<double>& values){
    Result<hal::Formula> formula = hal::Formula::compile(text);
CHECK_TRUE_TEXT(formula.ok(), text.c_str());
return formula->evaluate(values);
}
void expect_error(const char* expected, const std::string& text) {
  const Result<hal::Formula> formula = hal::Formula::compile(text);
  CHECK_FALSE_TEXT(formula.ok(), text.c_str());
  CHECK_TRUE(formula.error().code == ErrorCode::kInvalid);
  STRCMP_EQUAL(expected, formula.error().message.c_str());
}
bool no_number(const std::string& text, const std::vector<double>& values) {
  return std::isnan(value(text, values));
}
}
;

TEST(Formula, calculates_with_channels_by_their_names) {
  CHECK_EQUAL(15.0, value("supply - return", {55.0, 40.0}));
  CHECK_EQUAL(2.5, value("(a + b) / 2", {2.0, 3.0}));
  CHECK_EQUAL(-9.0, value("-a^2", {3.0}));
  CHECK_EQUAL(1500.0, value("a*1.5e3", {1.0}));
  CHECK_EQUAL(0.015, value("1.5e-2*a", {1.0}));
}

TEST(Formula, names_each_channel_once_in_the_order_of_the_text) {
  const Result<hal::Formula> formula = hal::Formula::compile("b + a * b - c");
  CHECK_TRUE(formula.ok());
  CHECK_TRUE(formula->inputs() == (std::vector<std::string>{"b", "a", "c"}));
}

TEST(Formula, takes_every_name_that_a_channel_can_have) {
  const Result<hal::Formula> formula =
      hal::Formula::compile("boiler.supply-[pump-1.flow]+[2nd]*[e]+e+_x+v0");
  CHECK_TRUE(formula.ok());
  CHECK_TRUE(formula->inputs() ==
             (std::vector<std::string>{"boiler.supply", "pump-1.flow", "2nd", "e", "_x", "v0"}));
  CHECK_EQUAL(14.0, value("boiler.supply-[pump-1.flow]+[2nd]*[e]+e+_x+v0", {1, 2, 3, 4, -2, 1}));
}

TEST(Formula, a_channel_called_like_a_function_or_a_constant_stands_in_brackets) {
  CHECK_EQUAL(7.0, value("[min] + 2", {5.0}));
  CHECK_EQUAL(7.0, value("min + 2", {5.0}));
  CHECK_EQUAL(6.0, value("[pi] * 2", {3.0}));
  DOUBLES_EQUAL(9.42477796, value("a * pi", {3.0}), 1e-8);
}

TEST(Formula, has_functions) {
  CHECK_EQUAL(3.0, value("abs(a)", {-3.0}));
  CHECK_EQUAL(-1.0, value("sign(a)", {-3.0}));
  CHECK_EQUAL(2.0, value("sqrt(a)", {4.0}));
  CHECK_EQUAL(2.0, value("cbrt(a)", {8.0}));
  DOUBLES_EQUAL(2.0, value("ln(exp(a))", {2.0}), 1e-12);
  CHECK_EQUAL(3.0, value("log10(a)", {1000.0}));
  CHECK_EQUAL(3.0, value("log2(a)", {8.0}));
  DOUBLES_EQUAL(1.0, value("sin(a)^2 + cos(a)^2", {0.7}), 1e-12);
  DOUBLES_EQUAL(0.7, value("atan2(sin(a), cos(a))", {0.7}), 1e-12);
  CHECK_EQUAL(5.0, value("hypot(a, b)", {3.0, 4.0}));
  CHECK_EQUAL(8.0, value("pow(a, 3)", {2.0}));
  CHECK_EQUAL(1.0, value("mod(a, 3)", {7.0}));
  CHECK_EQUAL(10.0, value("clamp(a, 0, 10)", {12.0}));
  CHECK_EQUAL(2.0, value("min (a, b, 9)", {3.0, 2.0}));
  CHECK_EQUAL(9.0, value("max(a, b, 9)", {3.0, 2.0}));
  CHECK_EQUAL(6.0, value("sum(a, b, 1)", {3.0, 2.0}));
  CHECK_EQUAL(2.0, value("avg(a, b, 1)", {3.0, 2.0}));
  CHECK_EQUAL(3.0, value("round(a)", {2.5}));
  CHECK_EQUAL(2.0, value("floor(a)", {2.9}));
  CHECK_EQUAL(3.0, value("ceil(a)", {2.1}));
  CHECK_EQUAL(-2.0, value("trunc(a)", {-2.9}));
}

TEST(Formula, compares_and_chooses) {
  CHECK_EQUAL(1.0, value("a > 2 && b <= 3", {3.0, 3.0}));
  CHECK_EQUAL(0.0, value("!(a > 2 || b != 3)", {3.0, 3.0}));
  CHECK_EQUAL(7.0, value("a == 0 ? 7 : 8", {0.0}));
  CHECK_EQUAL(8.0, value("a >= 1 ? 8 : 7", {1.0}));
}

TEST(Formula, a_division_by_zero_is_no_number) {
  CHECK_TRUE(no_number("a / b", {1.0, 0.0}));
  CHECK_TRUE(no_number("a / b", {0.0, 0.0}));
  CHECK_TRUE(no_number("a + 1 / 0", {1.0}));
  CHECK_TRUE(no_number("mod(a, b)", {1.0, 0.0}));
}

TEST(Formula, a_division_by_zero_that_a_comparison_hides_is_no_number) {
  CHECK_TRUE(no_number("a / b > 5 ? 1 : 0", {1.0, 0.0}));
  CHECK_TRUE(no_number("min(a / b, 3)", {1.0, 0.0}));
  CHECK_TRUE(no_number("a > 1/0 ? 1 : 0", {1.0}));
}

TEST(Formula, the_side_that_is_not_taken_divides_nothing) {
  CHECK_EQUAL(0.0, value("b == 0 ? 0 : a / b", {0.0, 1.0}));
  CHECK_EQUAL(0.5, value("b == 0 ? 0 : a / b", {2.0, 1.0}));
}

TEST(Formula, what_a_function_is_not_defined_for_is_no_number) {
  CHECK_TRUE(no_number("sqrt(a)", {-1.0}));
  CHECK_TRUE(no_number("ln(a)", {0.0}));
  CHECK_TRUE(no_number("asin(a)", {2.0}));
  CHECK_TRUE(no_number("a ^ 0.5", {-1.0}));
}

TEST(Formula, what_is_too_large_is_no_number) {
  CHECK_TRUE(no_number("exp(a)", {1000.0}));
  CHECK_TRUE(no_number("a * a", {1e300}));
}

TEST(Formula, is_itself_again_after_what_was_no_number) {
  Result<hal::Formula> formula = hal::Formula::compile("a / b");
  const std::vector<double> bad{1.0, 0.0};
  const std::vector<double> good{1.0, 4.0};
  CHECK_TRUE(std::isnan(formula->evaluate(bad)));
  CHECK_EQUAL(0.25, formula->evaluate(good));
}

TEST(Formula, says_where_it_goes_wrong) {
  expect_error("at character 4: something is missing at the end", "a +");
  expect_error("at character 5: unexpected \"* b\"", "a * * b");
  expect_error("at character 16: unexpected \"b\"", "[pump-one-two] b");
  expect_error("at character 3: a \")\" is missing", "(a");
  expect_error("at character 3: unexpected \") + 1\"", "a ) + 1");
  expect_error("at character 6: a \"?\" has no \":\"", "a ? 1");
  expect_error("at character 1: expected a formula", " ");
  expect_error("at character 3: the \"[\" has no \"]\"", "1+[a");
  expect_error("at character 3: expected a channel's name between \"[\" and \"]\"", "1+[]");
}

TEST(Formula, takes_nothing_but_a_formula_of_one_value) {
  expect_error("at character 3: nothing can be assigned here; \"==\" compares", "a = 3");
  expect_error("at character 1: expected one value, found several with commas between them",
               "a, b");
  expect_error("at character 1: it names no channel", "1 + 2");
  expect_error("at character 5: unexpected \"\"\"; a channel of such a name is written [name]",
               "a + \"b\"");
  expect_error("at character 2: unexpected \"&\"; a channel of such a name is written [name]",
               "a&b");
}

TEST(Formula, knows_its_functions_and_how_many_arguments_they_take) {
  STRCMP_CONTAINS("at character 5: there is no function \"log\"; there are abs, sign, sqrt",
                  hal::Formula::compile("a + log(a)").error().message.c_str());
  STRCMP_CONTAINS("few arguments", hal::Formula::compile("a + pow(a)").error().message.c_str());
  STRCMP_CONTAINS("many arguments",
                  hal::Formula::compile("a + sqrt(a, a)").error().message.c_str());
  STRCMP_CONTAINS("few arguments", hal::Formula::compile("a + min()").error().message.c_str());
}

TEST(Formula, is_bounded) {
  std::string many = "a0";
  for (std::size_t i = 1; i < hal::Formula::kInputsMax; ++i) many += "+a" + std::to_string(i);
  CHECK_TRUE(hal::Formula::compile(many).ok());
  STRCMP_CONTAINS("more than 32 channels",
                  hal::Formula::compile(many + "+x").error().message.c_str());
  const std::string nested = std::string(499, '(') + "a" + std::string(499, ')');
  CHECK_TRUE(hal::Formula::compile(nested).ok());
  STRCMP_CONTAINS("longer than 1000",
                  hal::Formula::compile("a" + std::string(1'000, ' ')).error().message.c_str());
}

TEST(Formula, outlives_every_text) {
  // Pieces of formulas, put together at random: each is a formula or is refused.
  const std::vector<std::string> pieces{
      "a", "[b-1]", "2", "1e5", "+",  "-",  "*",     "/",  "^",    "(",    ")",
      ",", "?",     ":", "!",   "==", "&&", "sqrt(", "=",  "min(", "pow(", "[",
      "]", ".",     " ", "e",   "<",  ">=", "||",    "\"", "pi",   "9.9.9"};
  unsigned seed = 1;
  const auto random = [&](std::size_t below) {
    seed = seed * 1'103'515'245U + 12'345U;
    return (seed >> 16U) % below;
  };
  int right = 0;
  for (int i = 0; i < 20'000; ++i) {
    std::string text;
    for (std::size_t n = 1 + random(12); n > 0; --n) text += pieces[random(pieces.size())];
    Result<hal::Formula> formula = hal::Formula::compile(text);
    if (!formula) continue;
    ++right;
    const std::vector<double> values(formula->inputs().size(), 1.5);
    static_cast<void>(formula->evaluate(values));
  }
  CHECK_TRUE(right > 100);
}
