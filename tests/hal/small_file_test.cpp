#include "hal/small_file.hpp"

#include <clocale>
#include <optional>
#include <string>
#include <utility>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(SmallFile) {
  TemporaryFolder folder;

  void teardown() override {
    std::setlocale(LC_ALL, "C");
  }
};

TEST(SmallFile, is_read_whole) {
  const Result<std::string> text = read_small_file(folder.write("a", "one\ntwo\n"));
  STRCMP_EQUAL("one\ntwo\n", text.value().c_str());
}

TEST(SmallFile, may_be_empty) {
  CHECK_TRUE(read_small_file(folder.write("a", ""))->empty());
}

TEST(SmallFile, may_fill_the_bound_to_the_last_byte) {
  const std::string path = folder.write("a", std::string(kSmallFileMax, 'x'));
  LONGS_EQUAL(kSmallFileMax, read_small_file(path)->size());
}

TEST(SmallFile, is_refused_when_it_is_larger_than_the_bound) {
  const std::string path = folder.write("a", std::string(kSmallFileMax + 1, 'x'));
  CHECK_TRUE(read_small_file(path).error().code == ErrorCode::kFull);
}

TEST(SmallFile, that_is_absent_is_not_found) {
  CHECK_TRUE(read_small_file(folder.path_of("a")).error().code == ErrorCode::kNotFound);
}

TEST(SmallFile, below_a_file_is_not_found) {
  folder.write("a", "");
  CHECK_TRUE(read_small_file(folder.path_of("a/b")).error().code == ErrorCode::kNotFound);
}

TEST(SmallFile, that_is_a_folder_is_unavailable) {
  CHECK_TRUE(read_small_file(folder.path()).error().code == ErrorCode::kUnavailable);
}

TEST(SmallFile, gives_its_start_alone) {
  const Result<std::string> text = read_start_of_file(folder.write("a", "123456"), 4);
  STRCMP_EQUAL("1234", text.value().c_str());
}

TEST(SmallFile, loses_blanks_at_both_ends_when_trimmed) {
  CHECK_TRUE(trimmed(" \ta b\r\n") == "a b");
  CHECK_TRUE(trimmed(" \n").empty());
}

TEST(SmallFile, is_taken_apart_word_by_word) {
  std::string_view text = "  MemTotal:\t 12 kB\n";
  CHECK_TRUE(take_word(text) == "MemTotal:");
  CHECK_TRUE(take_word(text) == "12");
  CHECK_TRUE(take_word(text) == "kB");
  CHECK_TRUE(take_word(text).empty());
}

TEST(SmallFile, is_taken_apart_line_by_line) {
  std::string_view text = "a\n\nb";
  CHECK_TRUE(take_line(text) == "a");
  CHECK_TRUE(take_line(text) == "");
  CHECK_TRUE(take_line(text) == "b");
  CHECK_FALSE(take_line(text).has_value());
}

TEST(SmallFile, has_numbers_in_plain_notation) {
  DOUBLES_EQUAL(-0.25, parse_double("-0.25").value(), 0.0);
  LONGS_EQUAL(-42, parse_integer("-42").value());
  CHECK_TRUE(parse_count("18446744073709551615").value() == UINT64_MAX);
}

TEST(SmallFile, has_no_number_where_anything_else_stands_beside_it) {
  for (const char* text : {"", "1 ", " 1", "1x", "0x10", "+1", "1,5", "nan", "inf", "1e999"}) {
    CHECK_FALSE_TEXT(parse_double(text).has_value(), text);
    CHECK_FALSE_TEXT(parse_integer(text).has_value(), text);
    CHECK_FALSE_TEXT(parse_count(text).has_value(), text);
  }
}

TEST(SmallFile, has_no_number_beyond_its_type) {
  CHECK_FALSE(parse_count("18446744073709551616").has_value());
  CHECK_FALSE(parse_count("-1").has_value());
  CHECK_FALSE(parse_integer("9223372036854775808").has_value());
}

TEST(SmallFile, has_the_same_numbers_in_every_locale) {
  // Where the locale is installed, its decimal comma must change nothing.
  std::setlocale(LC_ALL, "de_DE.UTF-8");
  DOUBLES_EQUAL(1.5, parse_double("1.5").value(), 0.0);
  CHECK_FALSE(parse_double("1,5").has_value());
}

TEST(SmallFile, finds_the_first_number_of_a_text) {
  const std::pair<const char*, double> cases[] = {
      {"42", 42.0},    {" -1.5\n", -1.5}, {"temp=42.8'C", 42.8}, {"12 34", 12.0},
      {"+3e2", 300.0}, {"eth0: 7", 7.0},  {"5V", 5.0},           {"v1.2.3 4", 4.0},
      {"0x1F 2", 2.0}, {"a-b -3", -3.0},  {"level:\t0.50", 0.5}, {"[9]", 9.0},
  };
  for (const auto& [text, expected] : cases) {
    const std::optional<double> found = first_number(text);
    CHECK_TRUE_TEXT(found.has_value(), text);
    DOUBLES_EQUAL_TEXT(expected, *found, 0.0, text);
  }
}

TEST(SmallFile, finds_no_number_where_there_is_none) {
  for (const char* text : {"", "-", "none", "eth0", "0x1F", "1.2.3", "nan", "inf", "1e999"}) {
    CHECK_FALSE_TEXT(first_number(text).has_value(), text);
  }
}
