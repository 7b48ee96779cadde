#include "config/guard.hpp"

#include <optional>
#include <string>
#include <string_view>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Guard){void expect(const std::string& expected, std::string_view toml)
                      const {const std::optional<SyntaxError> error = find_harm(toml);
std::string text;
if (error) {
  text = std::to_string(error->position.line) + ":" + std::to_string(error->position.column) +
         ": " + error->message;
}
STRCMP_EQUAL(expected.c_str(), text.c_str());
}  // namespace sluice::config
static std::string repeated(std::string_view text, int times) {
  std::string whole;
  for (int i = 0; i < times; ++i) whole += text;
  return whole;
}
// Found in the given line, whatever stands before it.
void expect_found_in(int line, const std::string& before) const {
  const std::string place = std::to_string(line);
  expect(place + ":5: not TOML: a character beyond ASCII outside of quotes",
         before + "a = \xC2\xB0\n");
  expect(place + ":32: a key of too many parts; no key here has more than 2",
         before + "a" + repeated(".a", 20) + " = 1\n");
  expect(place + ":5: a text of several lines; no key takes one", before + "a = \"\"\"\n\"\"\"\n");
}
}
;

TEST(Guard, finds_nothing_in_an_honest_file) {
  expect("", "");
  expect("", "[a]\nb = \"c\" # d\n'e.f' = [1.5, \"\", '']\n");
}

TEST(Guard, finds_characters_beyond_ascii) {
  expect("1:1: not TOML: a character beyond ASCII outside of quotes", "\xC3\xA4 = 1");
  expect("2:3: not TOML: a character beyond ASCII outside of quotes", "[a]\n[b\xE2\x80\xA8]");
  expect("1:1: not TOML: a character beyond ASCII outside of quotes", "\xFF\xFE");
}

TEST(Guard, lets_them_stand_in_texts_and_comments) {
  expect("", "a = \"\xC2\xB0\" # \xC3\xA4\n'\xC3\xA4' = '\xC3\xA4'\n");
}

TEST(Guard, lets_a_byte_order_mark_stand_at_the_beginning_only) {
  const std::string mark = "\xEF\xBB\xBF";
  expect("", mark + "a = 1\n");
  expect("2:1: not TOML: a character beyond ASCII outside of quotes", "\n" + mark + "a = 1\n");
}

TEST(Guard, finds_texts_of_several_lines) {
  expect("1:5: a text of several lines; no key takes one", "a = \"\"\"b\"\"\"");
  expect("1:5: a text of several lines; no key takes one", "a = '''b'''");
}

TEST(Guard, finds_keys_of_many_parts) {
  expect("", "a" + repeated(".a", 15) + " = 1");
  expect("1:32: a key of too many parts; no key here has more than 2",
         "a" + repeated(".a", 16) + " = 1");
  expect("3:35: a key of too many parts; no key here has more than 2",
         "x = 1\ny = 2\n[[ a" + repeated(".a", 20) + " ]]\n");
  expect("1:100: a key of too many parts; no key here has more than 2",
         "a = {\"b\"" + repeated(" . 'b'", 20) + " = 1}\n");
}

TEST(Guard, counts_no_dots_in_texts_numbers_and_comments) {
  const std::string dots = repeated(".", 100);
  expect("", "a = \"" + dots + "\" # " + dots + "\nb = '" + dots + "'\nc = [" +
                 repeated("1.5, ", 100) + "]\n");
}

TEST(Guard, is_not_distracted_by_what_stands_before) {
  expect_found_in(2, "x = \"#\\\"\"\n");
  expect_found_in(2, "x = \"\\\\\"\n");
  expect_found_in(2, "x = '#\\'\n");
  expect_found_in(2, "x = 1 # \"\n");
  expect_found_in(2, "x = \"\" # '\n");
  expect_found_in(2, "x = ['\"', \"'\"]\n");
  expect_found_in(3, "\r\n# \xC3\xA4\n");
}

TEST(Guard, begins_again_after_a_text_without_end) {
  expect_found_in(2, "x = \"\n");
  expect_found_in(2, "x = \"\\\n");
  expect_found_in(2, "x = '\n");
}

TEST(Guard, counts_characters_and_not_bytes) {
  expect("1:12: not TOML: a character beyond ASCII outside of quotes",
         "\"\xC3\xA4\xE2\x82\xAC\" = 5   \xC3\xA4");
}

}  // namespace sluice::config
