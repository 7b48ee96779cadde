#include "config/document.hpp"

#include <string>
#include <string_view>
#include <variant>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Document) {
  Table table;

  void read(std::string_view toml) {
    auto outcome = read_document(toml);
    CHECK_TRUE(std::holds_alternative<Table>(outcome));
    table = std::get<Table>(std::move(outcome));
  }
  const Entry& entry(std::string_view key) const {
    for (const Entry& candidate : table) {
      if (candidate.key == key) return candidate;
    }
    FAIL("no such key");
    return table.front();
  }
  void expect_at(std::uint32_t line, std::uint32_t column, const Position& position) const {
    LONGS_EQUAL(line, position.line);
    LONGS_EQUAL(column, position.column);
  }
  void expect_error(const char* expected, std::string_view toml) const {
    const auto outcome = read_document(toml);
    const auto* error = std::get_if<SyntaxError>(&outcome);
    CHECK_TRUE_TEXT(error != nullptr, expected);
    const std::string text = std::to_string(error->position.line) + ":" +
                             std::to_string(error->position.column) + ": " + error->message;
    STRCMP_EQUAL(expected, text.c_str());
  }
  static std::string repeated(std::string_view text, int times) {
    std::string whole;
    for (int i = 0; i < times; ++i) whole += text;
    return whole;
  }
};

TEST(Document, gives_values_of_every_type) {
  read("a = \"x\"\nb = 5\nc = 2.5\nd = true\ne = 1979-05-27\nf = [1]\ng = {h = 1}\ni = 07:32:00\n");
  STRCMP_EQUAL("x", std::get<std::string>(entry("a").node.value).c_str());
  LONGS_EQUAL(5, std::get<std::int64_t>(entry("b").node.value));
  DOUBLES_EQUAL(2.5, std::get<double>(entry("c").node.value), 0.0);
  CHECK_TRUE(std::get<bool>(entry("d").node.value));
  CHECK_TRUE(std::holds_alternative<Moment>(entry("e").node.value));
  LONGS_EQUAL(1, std::get<Array>(entry("f").node.value).size());
  STRCMP_EQUAL("h", std::get<Table>(entry("g").node.value).front().key.c_str());
  CHECK_TRUE(std::holds_alternative<Moment>(entry("i").node.value));
}

TEST(Document, knows_where_keys_and_values_stand) {
  read("\n  key =  5\n[table]\n");
  expect_at(2, 3, entry("key").position);
  expect_at(2, 10, entry("key").node.position);
  expect_at(3, 2, entry("table").position);
  expect_at(3, 1, entry("table").node.position);
}

TEST(Document, knows_where_each_table_of_a_list_begins) {
  read("[[a]]\nx = 1\n\n[[a]]\n");
  const auto& list = std::get<Array>(entry("a").node.value);
  expect_at(1, 1, list[0].position);
  expect_at(4, 1, list[1].position);
}

TEST(Document, keeps_the_order_of_the_text) {
  read("b = 1\na = 2\n[d]\n[c]\n");
  STRCMP_EQUAL("b", table[0].key.c_str());
  STRCMP_EQUAL("a", table[1].key.c_str());
  STRCMP_EQUAL("d", table[2].key.c_str());
  STRCMP_EQUAL("c", table[3].key.c_str());
}

TEST(Document, may_be_empty) {
  read("");
  CHECK_TRUE(table.empty());
}

TEST(Document, may_begin_with_a_byte_order_mark) {
  read(
      "\xEF\xBB\xBF"
      "a = 1\n");
  LONGS_EQUAL(1, std::get<std::int64_t>(entry("a").node.value));
}

TEST(Document, may_have_lines_that_end_as_in_windows) {
  read("a = 1\r\nb = 2\r\n");
  LONGS_EQUAL(2, std::get<std::int64_t>(entry("b").node.value));
  LONGS_EQUAL(2, entry("b").position.line);
}

TEST(Document, says_where_it_is_not_toml) {
  expect_error("2:5: not TOML: key-value pair: expected value, saw '\\n'", "a = 1\nb = \n");
  expect_error("1:6: not TOML: decimal integer: expected digit, saw '\\u0000'",
               std::string_view("a = 1\0", 6));
  expect_error("2:5: not TOML: key-value pair: cannot redefine existing integer 'a'",
               "a = 1\na = 2\n");
  expect_error("2:1: not TOML: table header: cannot redefine existing table 'a'", "[a]\n[a]\n");
  expect_error("1:1: not TOML: root table: expected keys, tables, whitespace or comments, saw '='",
               "= 5");
}

// The library asserted that this cannot be, and a debug build stopped there.
TEST(Document, may_have_a_header_that_begins_with_no_key) {
  expect_error(
      "1:2: not TOML: key: expected bare key starting character or string delimiter, saw '='",
      "[=]");
  expect_error(
      "1:3: not TOML: key: expected bare key starting character or string delimiter, saw '#'",
      "[[#]]");
}

TEST(Document, says_where_it_is_not_utf_8) {
  expect_error("3:6: not TOML: Encountered invalid utf-8 sequence",
               "a = 1\nb = 2\nc = \"x\xFF\"\n");
}

TEST(Document, bounds_the_depth_of_values) {
  expect_error("1:21: not TOML: value: exceeded maximum nested value depth of 16",
               "a = " + repeated("[", 100'000));
  expect_error("1:101: not TOML: value: exceeded maximum nested value depth of 16",
               "a = " + repeated("{ b = ", 100'000));
}

TEST(Document, bounds_the_depth_of_keys) {
  expect_error("1:32: a key of too many parts; no key here has more than 2",
               "a" + repeated(".a", 400'000) + " = 1\n");
}

// The library's test for white space had undefined behaviour.
TEST(Document, may_have_any_character_where_it_does_not_belong) {
  expect_error("1:5: not TOML: a character beyond ASCII outside of quotes", "a = \xC2\xB0");
}

}  // namespace sluice::config
