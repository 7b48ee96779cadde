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

TEST_GROUP(PlanCommand) {
  TemporaryFolder folder;

  std::string file(const std::string& more = "") const {
    std::ofstream(folder.path_of("sluice.toml"))
        << "[uplink]\nbroker = \"mqtt://localhost\"\n[[channel]]\nname = \"tide\"\n"
           "driver = \"simulated\"\nunit = \"Cel\"\n"
        << more;
    return folder.path_of("sluice.toml");
  }
  static Outcome plan(const std::string& arguments) {
    return run_command<PlanCommand>("plan " + arguments);
  }
};

TEST(PlanCommand, shows_a_forecast) {
  const Outcome outcome = plan(file() + " --link-rate 64kbit/s");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("tide        1.00        1.00", outcome.out.c_str());
  STRCMP_CONTAINS("any link", outcome.out.c_str());
  STRCMP_CONTAINS("It stands on:", outcome.out.c_str());
}

TEST(PlanCommand, counts_the_alarms_that_are_expected) {
  const std::string with_alert = file("[[channel.alert]]\nname = \"high\"\nabove = 5\n");
  const auto alerts = [&](const std::string& number) {
    const Outcome outcome = plan(with_alert + " --format json --alarms-per-day " + number);
    return nlohmann::json::parse(outcome.out)["links"][0]["alert_bytes_per_month"].get<double>();
  };
  DOUBLES_EQUAL(0.0, alerts("0"), 0.0);
  DOUBLES_EQUAL(10 * alerts("2"), alerts("20"), 1.0);
}

TEST(PlanCommand, looks_into_a_buffer) {
  Replayed past;
  past.live(past.with({tide("tide", std::chrono::seconds(2))}), std::chrono::minutes(5));
  const std::string buffer = past.plant.buffer.path();
  const Outcome outcome =
      plan(file() + " --format json --measured " + buffer.substr(0, buffer.rfind('/')));
  CHECK_EQUAL(kDone, outcome.status);
  const nlohmann::json channel = nlohmann::json::parse(outcome.out)["channels"][0];
  CHECK_TRUE(channel["measured"].get<bool>());
  DOUBLES_EQUAL(0.5, channel["readings_per_second"].get<double>(), 0.01);
}

TEST(PlanCommand, shows_the_mistakes_in_a_configuration) {
  const Outcome outcome = plan(file("period = \"often\"\n"));
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("channel[1].period", outcome.err.c_str());
}

TEST(PlanCommand, says_what_is_wrong_with_the_question) {
  const std::string good = file();
  for (const char* wrong : {" --outage 1x", " --link-rate fast", " --alarms-per-day -1",
                            " --measured /no/such/folder"}) {
    const Outcome outcome = plan(good + wrong);
    CHECK_EQUAL(kWrongUse, outcome.status);
    CHECK_TRUE(!outcome.err.empty());
  }
  CHECK_EQUAL(kWrongUse, plan("/no/such/file.toml").status);
}
