#include "config/units.hpp"

#include <chrono>
#include <cstdint>
#include <limits>
#include <string>

#include <CppUTest/TestHarness.h>

namespace sluice::config {

using namespace std::chrono_literals;

TEST_GROUP(Units){void expect_duration(const char* text, Duration expected)
                      const {const Result<Duration> duration = parse_duration(text);
CHECK_TRUE_TEXT(duration.ok(), text);
LONGS_EQUAL(to_ns(expected), to_ns(*duration));
}  // namespace sluice::config
void expect_no_duration(const char* text) const {
  CHECK_TRUE_TEXT(!parse_duration(text).ok(), text);
}
void expect_size(const char* text, std::uint64_t expected) const {
  const Result<std::uint64_t> size = parse_size(text);
  CHECK_TRUE_TEXT(size.ok(), text);
  CHECK_TRUE_TEXT(*size == expected, text);
}
void expect_no_size(const char* text) const {
  CHECK_TRUE_TEXT(!parse_size(text).ok(), text);
}
}
;

TEST(Units, a_duration_has_seven_units) {
  expect_duration("1ns", 1ns);
  expect_duration("2us", 2us);
  expect_duration("250ms", 250ms);
  expect_duration("15s", 15s);
  expect_duration("15m", 15min);
  expect_duration("3h", 3h);
  expect_duration("2d", 48h);
}

TEST(Units, a_duration_may_have_several_parts) {
  expect_duration("1h30m", 90min);
  expect_duration("1d2h3m4s5ms6us7ns", 26h + 3min + 4s + 5ms + 6us + 7ns);
}

TEST(Units, a_duration_may_be_zero) {
  expect_duration("0s", 0s);
}

TEST(Units, a_duration_needs_the_larger_unit_first_and_once) {
  expect_no_duration("30m1h");
  expect_no_duration("1s1s");
}

TEST(Units, a_duration_has_no_other_spelling) {
  for (const char* text : {"", "5", "s", "5 s", " 5s", "5s ", "1.5s", "-5s", "+5s", "5S", "5sec",
                           "1h30", "1h,30m", "0x5s", "5\xC2\xB5s", "five"}) {
    expect_no_duration(text);
  }
}

TEST(Units, the_longest_duration_is_taken_and_no_longer_one) {
  expect_duration("9223372036854775807ns", Duration::max());
  expect_no_duration("9223372036854775808ns");
  expect_no_duration("18446744073709551615ns");
  expect_no_duration("18446744073709551616ns");
  expect_no_duration("106752d");
  expect_no_duration("106751d24h");
  expect_no_duration("99999999999999999999999d");
}

TEST(Units, a_wrong_duration_says_what_was_expected) {
  STRCMP_EQUAL(
      "\"5 s\" is not a duration; expected whole numbers in d, h, m, s, ms, us or ns, such as "
      "\"250ms\" or \"1h30m\"",
      parse_duration("5 s").error().message.c_str());
}

TEST(Units, too_long_a_duration_says_so) {
  STRCMP_EQUAL(
      "\"300000d\" is too large for a duration; expected whole numbers in d, h, m, s, ms, us or "
      "ns, such as \"250ms\" or \"1h30m\"",
      parse_duration("300000d").error().message.c_str());
}

TEST(Units, a_size_counts_in_thousands_or_in_1024s) {
  expect_size("7B", 7);
  expect_size("64kB", 64'000);
  expect_size("64KiB", 65'536);
  expect_size("2MB", 2'000'000);
  expect_size("512MiB", 536'870'912);
  expect_size("3GB", 3'000'000'000);
  expect_size("3GiB", 3'221'225'472);
  expect_size("1TB", 1'000'000'000'000);
  expect_size("1TiB", 1'099'511'627'776);
}

TEST(Units, a_size_has_no_other_spelling) {
  for (const char* text : {"", "5", "MiB", "5 MiB", "5mib", "5KB", "5K", "1.5GiB", "-1B",
                           "1MiB2KiB", "1GiB ", "64kbit/s"}) {
    expect_no_size(text);
  }
}

TEST(Units, the_largest_size_is_taken_and_no_larger_one) {
  expect_size("18446744073709551615B", std::numeric_limits<std::uint64_t>::max());
  expect_no_size("18446744073709551616B");
  expect_no_size("16777216TiB");
}

TEST(Units, a_wrong_size_says_what_was_expected) {
  STRCMP_EQUAL(
      "\"64K\" is not a size; expected a whole number in B, kB, KiB, MB, MiB, GB, GiB, TB or TiB, "
      "such as \"512MiB\"",
      parse_size("64K").error().message.c_str());
}

TEST(Units, a_rate_is_in_bits_per_second) {
  LONGS_EQUAL(300, *parse_rate("300bit/s"));
  LONGS_EQUAL(64'000, *parse_rate("64kbit/s"));
  LONGS_EQUAL(2'000'000, *parse_rate("2Mbit/s"));
  LONGS_EQUAL(1'000'000'000, *parse_rate("1Gbit/s"));
}

TEST(Units, a_wrong_rate_says_what_was_expected) {
  STRCMP_EQUAL(
      "\"64kB/s\" is not a rate; expected a whole number in bit/s, kbit/s, Mbit/s or Gbit/s, such "
      "as \"64kbit/s\"",
      parse_rate("64kB/s").error().message.c_str());
}

TEST(Units, a_duration_is_written_with_as_few_parts_as_there_are) {
  STRCMP_EQUAL("0s", text_of_duration(0s).c_str());
  STRCMP_EQUAL("250ms", text_of_duration(250ms).c_str());
  STRCMP_EQUAL("1h30m", text_of_duration(90min).c_str());
  STRCMP_EQUAL("1d1ns", text_of_duration(24h + 1ns).c_str());
}

TEST(Units, a_size_is_written_in_the_largest_unit_that_divides_it) {
  STRCMP_EQUAL("0B", text_of_size(0).c_str());
  STRCMP_EQUAL("1B", text_of_size(1).c_str());
  STRCMP_EQUAL("9600bit/s", text_of_rate(9'600).c_str());
  STRCMP_EQUAL("64kbit/s", text_of_rate(64'000).c_str());
  STRCMP_EQUAL("1023B", text_of_size(1'023).c_str());
  STRCMP_EQUAL("64kB", text_of_size(64'000).c_str());
  STRCMP_EQUAL("64KiB", text_of_size(65'536).c_str());
  STRCMP_EQUAL("512MiB", text_of_size(536'870'912).c_str());
}

TEST(Units, what_is_written_reads_the_same) {
  std::uint64_t value = 1;
  for (int i = 0; i < 1'000; ++i) {
    value = value * 6364136223846793005 + 1442695040888963407;  // Knuth's MMIX generator
    const std::uint64_t size = value >> (value % 64);
    CHECK_TRUE(*parse_size(text_of_size(size)) == size);
    const Duration duration(static_cast<std::int64_t>(size >> 1));
    CHECK_TRUE(*parse_duration(text_of_duration(duration)) == duration);
  }
}

}  // namespace sluice::config
