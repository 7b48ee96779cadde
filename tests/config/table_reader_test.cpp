#include "config/table_reader.hpp"

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(TableReader){void expect(const char* expected, const std::string& toml)
                            const {STRCMP_EQUAL(expected, problems_in(toml).c_str());
}
}
;

TEST(TableReader, reports_an_unknown_key_where_it_stands) {
  expect("t.toml:5:3: channel[1].perod: unknown key; did you mean \"period\"?",
         in_channel("  perod = \"1s\""));
  expect("t.toml:1:2: uplinc: unknown key; did you mean \"uplink\"?",
         before_channel("[uplinc]\nbroker = 5"));
}

TEST(TableReader, lists_the_known_keys_when_none_is_near) {
  expect("t.toml:2:1: realtime.speed: unknown key; known here: priority, lock_memory, ring",
         before_channel("[realtime]\nspeed = 5"));
}

TEST(TableReader, reports_a_key_of_another_driver) {
  expect("t.toml:5:1: channel[1].quantity: a key of driver \"host\", not of driver \"simulated\"",
         in_channel("quantity = \"load1\""));
  expect("t.toml:6:1: channel[1].speed: a key of driver \"replay\", not of driver \"host\"",
         in_channel_of("host", "quantity = \"load1\"\nspeed = 2"));
}

TEST(TableReader, asks_for_no_driver_keys_while_the_driver_is_unknown) {
  expect("t.toml:4:10: channel[1].driver: unknown driver \"hots\"; did you mean \"host\"?",
         in_channel_of("hots", "quantity = \"load1\"\nspeed = 2"));
}

TEST(TableReader, reports_a_key_that_is_missing_at_its_table) {
  expect(
      "t.toml:3:1: channel[1].unit: missing; [[channel]] needs one, such as unit = \"Cel\", or "
      "unit = \"1\" for a plain number",
      "\n\n[[channel]]\nname = \"a\"\ndriver = \"simulated\"");
}

TEST(TableReader, reports_a_value_of_the_wrong_type) {
  expect(
      "t.toml:5:10: channel[1].period: expected a duration such as \"250ms\" or \"1h30m\", found "
      "the integer 5; write it with its unit, in quotes",
      in_channel("period = 5"));
  expect(
      "t.toml:2:11: gateway.id: expected an id in quotes, found the number 1.5; write it in quotes",
      before_channel("[gateway]\nid =      1.5"));
}

TEST(TableReader, reports_a_number_that_is_none) {
  expect("t.toml:5:10: channel[1].offset: expected a finite number, found the number nan",
         in_channel("offset = nan"));
  expect("t.toml:5:9: channel[1].scale: expected a finite number, found the number -inf",
         in_channel("scale = -inf"));
}

TEST(TableReader, reports_what_is_out_of_bounds) {
  expect("t.toml:5:10: channel[1].period: the text \"99us\" is out of bounds; expected 100us to 1d",
         in_channel("period = \"99us\""));
  expect("t.toml:2:12: realtime.priority: the integer 100 is out of bounds; expected 0 to 99",
         before_channel("[realtime]\npriority = 100"));
  expect("t.toml:5:13: channel[1].amplitude: the number -0.5 is out of bounds; expected 0 or more",
         in_channel("amplitude = -0.5"));
  expect(
      "t.toml:2:9: storage.quota: \"17179869184GiB\" is too large for a size; expected a "
      "whole number in B, kB, KiB, MB, MiB, GB, GiB, TB or TiB, such as \"512MiB\"",
      before_channel("[storage]\nquota = \"17179869184GiB\""));
  expect(
      "t.toml:2:9: storage.quota: the text \"9223372036854775808B\" is out of bounds; expected "
      "4MiB to 1TiB",
      before_channel("[storage]\nquota = \"9223372036854775808B\""));
}

TEST(TableReader, reports_a_text_that_is_too_long_or_empty) {
  expect("t.toml:2:6: gateway.id: a text of 65 bytes; expected 1 to 64 bytes",
         before_channel("[gateway]\nid = \"" + std::string(65, 'a') + "\""));
  expect("t.toml:2:6: gateway.id: a text of 0 bytes; expected 1 to 64 bytes",
         before_channel("[gateway]\nid = \"\""));
}

TEST(TableReader, reports_characters_that_do_not_belong_there) {
  expect("t.toml:2:6: gateway.id: \"a.b\" is not an id; use A-Z, a-z, 0-9, _ and -",
         before_channel("[gateway]\nid = \"a.b\""));
}

TEST(TableReader, reports_an_unknown_choice) {
  expect(
      "t.toml:2:16: uplink.mqtt_version: unknown mqtt_version \"6\"; expected \"auto\", \"5\" or "
      "\"3.1.1\"",
      before_channel("[uplink]\nmqtt_version = \"6\""));
  expect("t.toml:5:9: channel[1].shape: unknown shape \"sin\"; did you mean \"sine\"?",
         in_channel("shape = \"sin\""));
}

TEST(TableReader, reports_a_pair_that_is_none) {
  expect(
      "t.toml:5:9: channel[1].range: expected two numbers, low before high, such as [0, 100], "
      "found a list of 3",
      in_channel("range = [1, 2, 3]"));
  expect("t.toml:5:13: channel[1].range: expected a number or inf, found the text \"9\"",
         in_channel("range = [0, \"9\"]"));
  expect("t.toml:5:10: channel[1].range: expected a number or inf, found the number nan",
         in_channel("range = [nan, 9]"));
}

TEST(TableReader, reports_a_pair_the_wrong_way_round) {
  expect(
      "t.toml:5:9: channel[1].range: the low end 9 is not below the high end 0.5; write [low, "
      "high]",
      in_channel("range = [9, 0.5]"));
  expect(
      "t.toml:5:9: channel[1].range: the low end 9 is not below the high end 9; write [low, high]",
      in_channel("range = [9, 9]"));
}

TEST(TableReader, reports_a_list_that_should_be_a_table) {
  expect("t.toml:1:1: gateway: expected a table, [gateway], found a list of 1",
         before_channel("[[gateway]]\nid = \"x\""));
}

TEST(TableReader, reports_a_table_that_should_be_a_list) {
  expect(
      "t.toml:1:1: channel: expected a list of tables, [[channel]] or channel = [{...}], found a "
      "table",
      "[channel]\nname = \"a\"");
}

TEST(TableReader, reports_an_entry_that_is_no_table) {
  expect("t.toml:5:28: channel[1].filters[2]: expected a table such as {...}, found the integer 3",
         in_channel("filters = [{ median = 5 }, 3]"));
}

TEST(TableReader, reports_too_many_entries_once) {
  std::string filters;
  for (int i = 0; i < 9; ++i) filters += "{median = 500}, ";
  const std::string problems = problems_in(in_channel("filters = [" + filters + "]"));
  STRCMP_CONTAINS("t.toml:5:11: channel[1].filters: 9 entries; expected 0 to 8 entries\n",
                  problems.c_str());
  STRCMP_CONTAINS("channel[1].filters[8].median: the integer 500", problems.c_str());
  CHECK_TRUE(problems.find("filters[9]") == std::string::npos);
}

TEST(TableReader, reports_all_problems_sorted_by_position) {
  expect(
      "t.toml:1:1: x: unknown key; known here: gateway, realtime, storage, uplink, rollup, "
      "channel, "
      "actuator, alert\n"
      "t.toml:3:8: realtime.ring: \"x\" is not a duration; expected whole numbers in d, h, m, s, "
      "ms, us or ns, such as \"250ms\" or \"1h30m\"\n"
      "t.toml:5:6: gateway.id: a text of 0 bytes; expected 1 to 64 bytes",
      before_channel("x = 1\n[realtime]\nring = \"x\"\n[gateway]\nid = \"\""));
}

TEST(TableReader, keeps_foreign_text_printable) {
  expect(
      "t.toml:1:1: a?[2Jb: unknown key; known here: gateway, realtime, storage, uplink, rollup, "
      "channel, "
      "actuator, alert",
      before_channel("\"a\\u001b[2Jb\" = 1"));
}

TEST(TableReader, takes_an_integer_where_a_number_is_expected) {
  const Config config = config_of(in_channel("scale = 2\nrange = [0, 1.5]"));
  DOUBLES_EQUAL(2.0, config.channels[0].spec.calibration.scale, 0.0);
  DOUBLES_EQUAL(1.5, config.channels[0].spec.range.high, 0.0);
}

TEST(TableReader, leaves_an_end_of_a_pair_open) {
  const Config config = config_of(in_channel("range = [0, inf]"));
  DOUBLES_EQUAL(0.0, config.channels[0].spec.range.low, 0.0);
  CHECK_TRUE(config.channels[0].spec.range.high == std::numeric_limits<double>::infinity());
}

TEST(TableReader, takes_a_relative_path_from_the_folder_of_the_file) {
  const Table table = std::get<Table>(
      read_document("[gateway]\nstate_directory = \"../state\"\nrun_directory = \"/run/x\"\n"));
  ProblemList problems("/etc/sluice/sluice.toml");
  TableReader root(table, problems);
  TableReader gateway = root.table("gateway", Section::kGateway);
  std::string path;
  CHECK_TRUE(gateway.path("state_directory", path));
  STRCMP_EQUAL("/etc/state", path.c_str());
  CHECK_TRUE(gateway.path("run_directory", path));
  STRCMP_EQUAL("/run/x", path.c_str());
}

TEST(TableReader, bounds_a_path_with_the_folder_before_it) {
  const Table table = std::get<Table>(read_document("[gateway]\nrun_directory = \"run\"\n"));
  ProblemList problems("/" + std::string(86, 'a') + "/a.toml");
  TableReader root(table, problems);
  TableReader gateway = root.table("gateway", Section::kGateway);
  std::string path;
  CHECK_FALSE(gateway.path("run_directory", path));
  STRCMP_CONTAINS("gateway.run_directory: a text of 91 bytes; expected 1 to 90 bytes",
                  problems.take().front().text().c_str());
}

}  // namespace sluice::config
