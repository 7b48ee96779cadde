#include "config/parse.hpp"

#include <string>
#include <variant>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(Parse){};

TEST(Parse, tells_versions_of_a_file_apart_by_their_hash) {
  const std::string text = in_channel("");
  LONGS_EQUAL(16, config_of(text).hash.size());
  STRCMP_EQUAL(config_of(text).hash.c_str(), config_of(text).hash.c_str());
  CHECK_FALSE(config_of(text).hash == config_of(text + "\n").hash);
}

TEST(Parse, hashes_as_others_do) {
  // Computed with another implementation of FNV-1a.
  const std::string text = "channel = [{name = \"a\", unit = \"1\", driver = \"simulated\"}]\n";
  STRCMP_EQUAL("88a576cd1f374bf7", config_of(text).hash.c_str());
}

TEST(Parse, does_not_take_an_empty_file) {
  STRCMP_EQUAL("t.toml:1:1: channel: missing; the file needs one, such as [[channel]]",
               problems_in("").c_str());
}

TEST(Parse, stops_at_what_is_not_toml) {
  STRCMP_EQUAL("t.toml:1:5: not TOML: key-value pair: expected value, saw '\\n'",
               problems_in("x = \ny = 5\n").c_str());
}

TEST(Parse, takes_a_byte_order_mark) {
  STRCMP_EQUAL("", problems_in("\xEF\xBB\xBF" + in_channel("")).c_str());
}

TEST(Parse, shows_the_first_hundred_problems) {
  std::string text;
  for (int i = 0; i < 5'000; ++i) text += "x" + std::to_string(i) + " = 1\n";
  const auto outcome = parse(text, "t.toml");
  const Problems& problems = std::get<Problems>(outcome);
  LONGS_EQUAL(kProblemsMax, problems.size());
  // The first ones, and among them what is said of the whole file.
  STRCMP_EQUAL("channel", problems[1].key.c_str());
  STRCMP_EQUAL("x98", problems[99].key.c_str());
}

TEST(Parse, refuses_a_text_that_is_too_long) {
  STRCMP_EQUAL("t.toml:1:1: longer than 1 MiB",
               problems_in(std::string(kFileBytesMax + 1, ' ')).c_str());
}

TEST(Parse, says_everything_of_a_file_at_once) {
  STRCMP_EQUAL(
      "t.toml:2:8: realtime.ring: the text \"1h\" is out of bounds; expected 1s to 10m\n"
      "t.toml:4:9: storage.quota: expected a size such as \"64kB\" or \"512MiB\", found the "
      "integer "
      "256; write it with its unit, in quotes\n"
      "t.toml:5:2: uplnk: unknown key; did you mean \"uplink\"?\n"
      "t.toml:7:1: channel[1].unit: missing; [[channel]] needs one, such as unit = \"Cel\", or "
      "unit "
      "= \"1\" for a plain number\n"
      "t.toml:10:1: channel[1].perod: unknown key; did you mean \"period\"?\n"
      "t.toml:13:9: channel[1].alert[1].above: expected a finite number, found the text \"80\"; "
      "write it without quotes\n"
      "t.toml:15:8: channel[1].alert[2].name: \"hot\" is taken by the alert in line 12; choose "
      "another\n"
      "t.toml:17:9: channel[1].alert[2].clear: the clear level 85 is on the wrong side of above = "
      "80; it must be 80 or less\n"
      "t.toml:20:8: channel[2].name: \"a\" is taken by the channel in line 8; choose another\n"
      "t.toml:21:10: channel[2].driver: unknown driver \"simulatd\"; did you mean \"simulated\"?",
      problems_in("[realtime]\nring = \"1h\"\n"
                  "[storage]\nquota = 256\n"
                  "[uplnk]\nenabled = false\n"
                  "[[channel]]\nname = \"a\"\ndriver = \"simulated\"\nperod = \"1s\"\n"
                  "[[channel.alert]]\nname = \"hot\"\nabove = \"80\"\n"
                  "[[channel.alert]]\nname = \"hot\"\nabove = 80\nclear = 85\n"
                  "\n[[channel]]\nname = \"a\"\ndriver = \"simulatd\"\nunit = \"1\"\n")
          .c_str());
}

}  // namespace sluice::config
