#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(ParseDerived){
    // A file of derived channels, each of four lines from line 1 on, then a simulated one "load".
    std::string file(const std::vector<std::pair<std::string, std::string>>& derived)
        const {std::string lines;
for (const auto& [name, expression] : derived) {
  lines += "[[channel]]\nname = \"" + name + "\"\nunit = \"1\"\ndriver = \"derived\"\n";
  lines += "expression = '" + expression + "'\n";
}
return lines +
       "[[channel]]\nname = \"load\"\nunit = \"1\"\ndriver = \"simulated\"\n"
       "[[channel]]\nname = \"pump-1\"\nunit = \"1\"\ndriver = \"simulated\"\n";
}  // namespace sluice::config
void expect(const char* expected,
            const std::vector<std::pair<std::string, std::string>>& derived) const {
  STRCMP_EQUAL(expected, problems_in(file(derived)).c_str());
}
}
;

TEST(ParseDerived, takes_an_expression) {
  const Config config = config_of(file({{"twice", "2 * load"}}));
  STRCMP_EQUAL("2 * load",
               std::get<hal::DerivedOptions>(config.channels[0].sensor).expression.c_str());
}

TEST(ParseDerived, may_stand_before_what_it_is_derived_from) {
  expect("", {{"c", "b + [pump-1]"}, {"b", "a + load"}, {"a", "load"}});
}

TEST(ParseDerived, needs_an_expression) {
  STRCMP_EQUAL(
      "t.toml:1:1: channel[1].expression: missing; driver \"derived\" needs one, such as "
      "expression = \"supply - return\"",
      problems_in("[[channel]]\nname = \"a\"\nunit = \"1\"\ndriver = \"derived\"\n").c_str());
}

TEST(ParseDerived, says_where_an_expression_goes_wrong) {
  expect("t.toml:5:14: channel[1].expression: at character 7: something is missing at the end",
         {{"a", "load +"}});
}

TEST(ParseDerived, knows_the_channels) {
  expect("t.toml:5:14: channel[1].expression: there is no channel \"laod\"; did you mean \"load\"?",
         {{"a", "laod * 2"}});
  expect(
      "t.toml:5:14: channel[1].expression: there is no channel \"pump\"; did you mean \"pump-1\"?\n"
      "t.toml:5:14: channel[1].expression: there is no channel \"x\"",
      {{"a", "pump-1 + x"}});
}

TEST(ParseDerived, is_not_derived_from_itself) {
  expect(
      "t.toml:5:14: channel[1].expression: it is derived from itself: \"a\" (line 5) needs \"a\"",
      {{"a", "a + 1"}});
}

TEST(ParseDerived, names_the_chain_of_a_circle_once) {
  expect(
      "t.toml:10:14: channel[2].expression: it is derived from itself: \"b\" (line 10) needs \"c\" "
      "(line 15) needs \"d\" (line 20) needs \"b\"",
      {{"a", "b"}, {"b", "c + load"}, {"c", "d * 2"}, {"d", "load - b"}});
}

TEST(ParseDerived, a_long_chain_is_no_circle) {
  std::vector<std::pair<std::string, std::string>> chain;
  for (int i = 0; i < 1'000; ++i) {
    chain.emplace_back("c" + std::to_string(i), "c" + std::to_string(i + 1) + " + 1");
  }
  chain.emplace_back("c1000", "load");
  expect("", chain);
}

TEST(ParseDerived, the_expression_belongs_to_no_other_driver) {
  STRCMP_EQUAL(
      "t.toml:5:1: channel[1].expression: a key of driver \"derived\", not of driver \"simulated\"",
      problems_in(in_channel("expression = \"a\"")).c_str());
}

}  // namespace sluice::config
