#include <string>
#include <variant>

#include <nlohmann/json.hpp>

#include "app/commands.hpp"
#include "config/config.hpp"
#include "config/parse.hpp"
#include "hal/process/identity.hpp"
#include "hal/system_clock.hpp"
#include "storage/store.hpp"
#include "tests/app/buffer.hpp"
#include "tests/app/console.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

TEST_GROUP(RunCommand) {
  TemporaryFolder folder;

  Outcome run(const std::string& toml, const std::string& more = "") {
    const std::string file = folder.write("sluice.toml", toml);
    return run_arguments("--config " + file + " --state-directory " + folder.path_of("state") +
                         " --run-directory " + folder.path_of("run") + " --seconds 0.05" + more);
  }
  Outcome run_arguments(const std::string& arguments) {
    return run_command<RunCommand>("run " + arguments);
  }
  // As the history of starts has it.
  void crash_three_times(const std::variant<config::Config, config::Problems>& loaded) const {
    std::string history;
    for (const char* const process : {"1 ", "2 ", "3 "}) {
      history += std::string("begun ") + process + *hal::boot_id() + " " +
                 std::to_string(to_ns(hal::SystemClock().now())) + " " +
                 std::get<config::Config>(loaded).hash + " normal\ncrashed " + process +
                 "SIGSEGV\n";
    }
    folder.write("run/starts", history);
  }
  static std::string plant() {
    return "[realtime]\npriority = 0\nlock_memory = false\n[uplink]\nenabled = false\n"
           "[[channel]]\nname = \"wave\"\nunit = \"1\"\nperiod = \"10ms\"\n"
           "driver = \"simulated\"\nshape = \"sine\"\n";
  }
};

TEST(RunCommand, runs_for_its_time_and_stores_what_it_read) {
  const std::string status_file = folder.path_of("status.json");
  const Outcome outcome = run(plant(), " --final-status " + status_file);
  STRCMP_CONTAINS("everything produced is stored", outcome.err.c_str());
  CHECK_EQUAL(kDone, outcome.status);
  const auto readings = nlohmann::json::parse(text_of_file(status_file))["readings"];
  CHECK_TRUE(readings["produced"] == readings["stored"]);
}

TEST(RunCommand, does_not_run_with_mistakes_in_its_configuration) {
  const Outcome outcome = run("[gateway]\nid = 5\n");
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("sluice.toml:2:", outcome.err.c_str());
}

TEST(RunCommand, does_not_run_without_its_configuration) {
  CHECK_EQUAL(kWrongUse, run_arguments("--config " + folder.path_of("none.toml")).status);
}

TEST(RunCommand, does_not_run_with_a_broker_that_is_none) {
  const Outcome outcome = run(plant(), " --broker http://example.org");
  CHECK_EQUAL(kWrongUse, outcome.status);
  STRCMP_CONTAINS("--broker", outcome.err.c_str());
}

TEST(RunCommand, does_not_run_where_it_cannot_make_its_folders) {
  const std::string file = folder.write("sluice.toml", plant());
  CHECK_EQUAL(kFailed, run_arguments("--config " + file + " --state-directory /proc/none").status);
}

// Three starts of this boot with this configuration have ended badly.
TEST(RunCommand, begins_in_safe_mode_after_three_bad_starts) {
  const std::string status_file = folder.path_of("status.json");
  crash_three_times(config::load(folder.write("sluice.toml", plant())));
  const Outcome outcome = run(plant(), " --final-status " + status_file);
  STRCMP_CONTAINS("safe mode: 3 bad starts in 5 min, it crashed with SIGSEGV; fresh buffer",
                  outcome.err.c_str());
  CHECK_EQUAL(kDone, outcome.status);
  const auto status = nlohmann::json::parse(text_of_file(status_file));
  STRCMP_CONTAINS("3 bad starts", status["safe_mode"].get<std::string>().c_str());
  CHECK_TRUE(status["readings"]["produced"].get<int>() > 0);
}

TEST(RunCommand, is_in_safe_mode_no_longer_once_it_ended_well) {
  crash_three_times(config::load(folder.write("sluice.toml", plant())));
  CHECK_EQUAL(kDone, run(plant()).status);
  const Outcome next = run(plant());
  CHECK_EQUAL(kDone, next.status);
  CHECK_FALSE(next.err.find("safe mode") != std::string::npos);
}

TEST(RunCommand, tries_a_configuration_that_was_mended) {
  crash_three_times(config::load(folder.write("sluice.toml", plant())));
  const Outcome outcome = run(plant() + "# mended\n");
  CHECK_FALSE(outcome.err.find("safe mode") != std::string::npos);
}

TEST(RunCommand, goes_on_with_the_last_good_configuration_after_three_starts_with_a_broken_one) {
  folder.write("state/last_good.toml", plant());
  for (int i = 0; i < 3; ++i) CHECK_EQUAL(kFailed, run("[gateway]\nid = 5\n").status);
  const Outcome outcome = run("[gateway]\nid = 5\n");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("sluice.toml:2:", outcome.err.c_str());
  STRCMP_CONTAINS("last good configuration", outcome.err.c_str());
}

TEST(RunCommand, does_not_run_beside_another_gateway) {
  static_cast<void>(run(plant()));
  const Result<storage::Store> other = storage::Store::open(
      {config::database_path(folder.path_of("state"))}, run_number(9), kBoot, Instant{});
  CHECK_TRUE(other.ok());
  CHECK_EQUAL(kAlreadyRunning, run(plant()).status);
}
