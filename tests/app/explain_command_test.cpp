#include <chrono>
#include <fstream>
#include <string>

#include "app/commands.hpp"
#include "tests/app/console.hpp"
#include "tests/app/plant.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(ExplainCommand) {
  TemporaryFolder folder;

  // A boiler that was too hot, in the buffer of a gateway that is no more.
  void setup() override {
    Plant plant;
    config::ChannelOptions channel =
        with_alert(with_peak(channel_named("boiler"), seconds(10), seconds(5)), "hot");
    CHECK_TRUE(plant.open(sample_config(folder.path_of("sluice.db"), {channel})).ok());
    plant.run_until(plant.now + seconds(30));
  }
  Outcome explain(const std::string& arguments) {
    return run_command<ExplainCommand>("explain --state-directory " + folder.path() + " " +
                                       arguments);
  }
};

TEST(ExplainCommand, shows_rule_and_readings) {
  const Outcome outcome = explain("hot --before 2s --after 1s");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("rule      value >= 80 Cel, clear at 70\n", outcome.out.c_str());
  STRCMP_CONTAINS("+0.000 s  120  good", outcome.out.c_str());
  STRCMP_CONTAINS("-2.000 s  20  good", outcome.out.c_str());
  CHECK_TRUE(outcome.out.find("-3.000 s") == std::string::npos);
}

TEST(ExplainCommand, holds_the_readings_to_the_rule_of_a_file) {
  std::ofstream(folder.path_of("a.toml"))
      << "[[channel]]\nname = \"boiler\"\nunit = \"Cel\"\ndriver = \"simulated\"\n"
         "[[channel.alert]]\nname = \"hot\"\nabove = 80\nclear = 70\n";
  const Outcome outcome = explain("hot --config " + folder.path_of("a.toml"));
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("+0.000 s  120  good  holds  <- raised\n", outcome.out.c_str());
  STRCMP_CONTAINS("-1.000 s  20  good  clear\n", outcome.out.c_str());
}

TEST(ExplainCommand, says_that_an_alert_was_never_raised) {
  const Outcome outcome = explain("cold");
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("no record of an alert \"cold\" being raised", outcome.err.c_str());
}

TEST(ExplainCommand, says_what_is_wrong_with_the_question) {
  for (const char* wrong : {"hot --before 1x", "hot --after x", "hot --config /nowhere.toml"}) {
    CHECK_EQUAL(kWrongUse, explain(wrong).status);
  }
}
