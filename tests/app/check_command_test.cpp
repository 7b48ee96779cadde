#include <string>

#include "app/commands.hpp"
#include "tests/app/console.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

TEST_GROUP(CheckCommand) {
  TemporaryFolder folder;

  Outcome check(const std::string& path) {
    return run_command<CheckCommand>("check " + path);
  }
  Outcome check_text(const std::string& toml) {
    return check(folder.write("sluice.toml", toml));
  }
};

TEST(CheckCommand, says_what_a_good_file_configures) {
  const Outcome outcome = check_text(
      "[gateway]\nid = \"plant-7\"\n"
      "[[channel]]\nname = \"load\"\nunit = \"1\"\nperiod = \"1s\"\ndriver = \"host\"\n"
      "quantity = \"load1\"\n");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("is good: gateway plant-7, 1 channels, 0 alerts, 0 actuators",
                  outcome.out.c_str());
  STRCMP_EQUAL("", outcome.err.c_str());
}

TEST(CheckCommand, shows_every_mistake) {
  const Outcome outcome = check_text("[gateway]\nid = 5\n[realtime]\npriorty = 7\n");
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("sluice.toml:1:", outcome.err.c_str());  // no channel
  STRCMP_CONTAINS("sluice.toml:2:", outcome.err.c_str());
  STRCMP_CONTAINS("sluice.toml:4:", outcome.err.c_str());
  STRCMP_CONTAINS("3 problems in", outcome.err.c_str());
  STRCMP_EQUAL("", outcome.out.c_str());
}

TEST(CheckCommand, a_file_that_cannot_be_read_is_wrong_use) {
  const Outcome outcome = check(folder.path_of("none.toml"));
  CHECK_EQUAL(kWrongUse, outcome.status);
  STRCMP_CONTAINS("none.toml", outcome.err.c_str());
}

TEST(CheckCommand, is_not_chosen_by_another_command) {
  CLI::App program;
  const CheckCommand check_command(program);
  const DecodeCommand decode_command(program);
  program.parse("decode some.file");
  CHECK_FALSE(check_command.chosen());
  CHECK_TRUE(decode_command.chosen());
}
