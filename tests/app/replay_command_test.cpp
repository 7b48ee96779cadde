#include <chrono>
#include <fstream>
#include <string>

#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "tests/app/console.hpp"
#include "tests/app/replayed.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::minutes;

TEST_GROUP(ReplayCommand) {
  Replayed past;
  TemporaryFolder files;

  void live() {
    past.live(past.with({alerting(tide("tide"), "high", Above{70.0, 60.0})}), minutes(4));
  }
  std::string config(const std::string& above, const std::string& channel = "tide") const {
    const std::string path = files.path_of("above" + above + ".toml");
    std::ofstream(path) << "[[channel]]\nname = \"" << channel
                        << "\"\ndriver = \"simulated\"\nunit = \"Cel\"\n[[channel.alert]]\n"
                           "name = \"high\"\nabove = "
                        << above << "\nclear = 60\n";
    return path;
  }
  Outcome replay(const std::string& arguments) const {
    const std::string buffer = past.plant.buffer.path();
    return run_command<ReplayCommand>("replay --state-directory " +
                                      buffer.substr(0, buffer.rfind('/')) +
                                      " --until 2023-11-14T22:40 --since 1h " + arguments);
  }
};

TEST(ReplayCommand, shows_the_difference) {
  live();
  const Outcome outcome = replay("--config " + config("81"));
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("high          6", outcome.out.c_str());
  STRCMP_CONTAINS("\n- 2023-11-14T22:", outcome.out.c_str());
  STRCMP_CONTAINS("note: nobody knows the configuration", outcome.out.c_str());
}

TEST(ReplayCommand, compares_two_configurations) {
  live();
  const Outcome outcome =
      replay("--format json --config " + config("75") + " --against " + config("81"));
  CHECK_EQUAL(kDone, outcome.status);
  const nlohmann::json alert = nlohmann::json::parse(outcome.out)["alerts"][0];
  CHECK_EQUAL(6, alert["recorded"].get<int>());
  CHECK_EQUAL(0, alert["before"].get<int>());
  CHECK_EQUAL(6, alert["after"].get<int>());
  CHECK_EQUAL(6, alert["new"].get<int>());
}

TEST(ReplayCommand, encodes_nothing_where_it_need_not) {
  live();
  const Outcome outcome = replay("--no-bytes --config " + config("81"));
  CHECK_EQUAL(kDone, outcome.status);
  CHECK_TRUE(outcome.out.find("chunks") == std::string::npos);
}

TEST(ReplayCommand, says_that_nothing_is_stored_of_any_channel) {
  live();
  const Outcome outcome = replay("--config " + config("81", "pump"));
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("nothing is stored in that time of any channel", outcome.err.c_str());
}

TEST(ReplayCommand, says_that_nobody_knows_what_time_it_was) {
  CHECK_TRUE(past.plant.open(past.with({tide("tide")})).ok());
  past.plant.run_until(past.plant.now + minutes(1));
  past.plant.lose_power();
  const Outcome outcome = replay("--config " + config("81"));
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("their clock was never right", outcome.err.c_str());
}

TEST(ReplayCommand, shows_the_mistakes_in_a_configuration) {
  live();
  const Outcome outcome = replay("--config " + config("\"much\""));
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("channel[1].alert[1].above", outcome.err.c_str());
}

TEST(ReplayCommand, says_what_is_wrong_with_the_question) {
  live();
  for (const char* wrong : {"--since 1x", "--since 0s", "--until yesterday", "--warm-up 9y"}) {
    const std::string buffer = past.plant.buffer.path();
    const Outcome outcome =
        run_command<ReplayCommand>("replay --config " + config("81") + " " + wrong);
    CHECK_EQUAL(kWrongUse, outcome.status);
    CHECK_TRUE(!outcome.err.empty());
  }
}

TEST(ReplayCommand, needs_a_buffer) {
  const Outcome outcome = run_command<ReplayCommand>("replay --config " + config("81") +
                                                     " --state-directory " + files.path_of("none"));
  CHECK_EQUAL(kWrongUse, outcome.status);
}
