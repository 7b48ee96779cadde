#include "config/expectation.hpp"

#include <string>
#include <string_view>
#include <utility>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Expectation){void expect(const char* expected, Section section, std::string_view key,
                                    decltype(Node::value) value, std::string_view path = "a.b")
                            const {const Node node{.position = {}, .value = std::move(value)};
STRCMP_EQUAL(expected, mismatch(*find_key(section, key), path, node).c_str());
}  // namespace sluice::config
}
;

TEST(Expectation, is_told_for_every_type) {
  expect("expected a table, [gateway], found the number 2.5", Section::kRoot, "gateway", 2.5,
         "gateway");
  expect("expected a list of tables, [[channel]] or channel = [{...}], found a table",
         Section::kRoot, "channel", Table{}, "channel");
  expect("expected a text in quotes, found a list of 1", Section::kChannel, "unit", Array(1));
  expect("expected an id in quotes, found an empty list", Section::kGateway, "id", Array{});
  expect("expected a name in quotes, found a table", Section::kChannel, "name", Table{});
  expect("expected a path in quotes, found a table", Section::kReplay, "file", Table{});
  expect("expected an address such as \"mqtt://localhost:1883\", found a table", Section::kUplink,
         "broker", Table{});
  expect("expected true or false, found the integer 1", Section::kUplink, "enabled",
         std::int64_t{1});
  expect("expected an integer, found the number 50", Section::kRealtime, "priority", 50.0);
  expect("expected a finite number, found true", Section::kChannel, "scale", true);
  expect("expected a duration such as \"250ms\" or \"1h30m\", found true", Section::kChannel,
         "period", true);
  expect("expected a size such as \"64kB\" or \"512MiB\", found true", Section::kStorage, "quota",
         true);
  expect("expected \"log\", \"simulated\", \"gpio\" or \"pwm\", found a table", Section::kActuator,
         "driver", Table{});
  expect("expected two numbers, low before high, such as [0, 100], found the integer 5",
         Section::kChannel, "range", std::int64_t{5});
}

TEST(Expectation, names_the_header_of_an_inner_list) {
  expect("expected a list of tables, [[channel.alert]] or alert = [{...}], found a table",
         Section::kChannel, "alert", Table{}, "channel[12].alert");
}

TEST(Expectation, tells_what_to_do_about_a_number_without_its_unit) {
  expect(
      "expected a duration such as \"250ms\" or \"1h30m\", found the integer 5; write it with its "
      "unit, in quotes",
      Section::kChannel, "period", std::int64_t{5});
  expect(
      "expected a size such as \"64kB\" or \"512MiB\", found the number 0.5; write it with its "
      "unit, in quotes",
      Section::kStorage, "quota", 0.5);
}

TEST(Expectation, tells_what_to_do_about_quotes) {
  expect("expected a text in quotes, found the integer 1; write it in quotes", Section::kChannel,
         "unit", std::int64_t{1});
  expect("expected \"auto\", \"5\" or \"3.1.1\", found the integer 5; write it in quotes",
         Section::kUplink, "mqtt_version", std::int64_t{5});
  expect("expected a finite number, found the text \"80\"; write it without quotes",
         Section::kAlert, "above", std::string("80"));
  expect("expected an integer, found the text \"50\"; write it without quotes", Section::kRealtime,
         "priority", std::string("50"));
  expect("expected true or false, found the text \"true\"; write it without quotes",
         Section::kUplink, "enabled", std::string("true"));
}

TEST(Expectation, gives_no_advice_that_would_not_help) {
  expect("expected a finite number, found the text \"hot\"", Section::kAlert, "above",
         std::string("hot"));
  expect("expected true or false, found the text \"yes\"", Section::kUplink, "enabled",
         std::string("yes"));
}

TEST(Expectation, of_the_letters_of_an_id) {
  STRCMP_EQUAL("", character_fault(Type::kId, "Gate-way_7").c_str());
  STRCMP_EQUAL("\"a.b\" is not an id; use A-Z, a-z, 0-9, _ and -",
               character_fault(Type::kId, "a.b").c_str());
  STRCMP_EQUAL("\"a/b\" is not an id; use A-Z, a-z, 0-9, _ and -",
               character_fault(Type::kId, "a/b").c_str());
}

TEST(Expectation, of_the_letters_of_a_name) {
  STRCMP_EQUAL("", character_fault(Type::kName, "hall.lamp-1_x").c_str());
  STRCMP_EQUAL("\"hall lamp\" is not a name; use A-Z, a-z, 0-9, _, . and -",
               character_fault(Type::kName, "hall lamp").c_str());
}

TEST(Expectation, of_the_characters_of_a_text) {
  STRCMP_EQUAL("", character_fault(Type::kText, "\xC2\xB0 and all").c_str());
  STRCMP_EQUAL("\"a?b\" has a control character", character_fault(Type::kText, "a\nb").c_str());
  STRCMP_EQUAL("\"/tmp/?\" has a control character",
               character_fault(Type::kPath, std::string_view("/tmp/\0", 6)).c_str());
}

}  // namespace sluice::config
