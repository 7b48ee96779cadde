#include <chrono>
#include <string>

#include "app/commands.hpp"
#include "chunk/readings.hpp"
#include "storage/store.hpp"
#include "tests/app/buffer.hpp"
#include "tests/app/console.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(QueryCommand) {
  TemporaryFolder folder;

  void setup() override {
    storage::Options options;
    options.path = folder.path_of("sluice.db");
    Result<storage::Store> opened = storage::Store::open(options, run_number(1), kBoot, Instant());
    CHECK_TRUE(opened.ok());
    storage::Commit commit;
    const ChannelId id{1};
    commit.channels = {{{}, id, "boiler", "Cel", seconds(1)}};
    commit.clocks = {{Instant(), WallTime(seconds(1'700'000'100)), {}, true}};
    std::vector<Reading> readings;
    for (int i = 0; i < 90; ++i) {
      readings.push_back({Instant(seconds(i)), 20.0 + i, id, Quality::kGood});
    }
    commit.chunks.push_back(chunk::encode_readings(readings));
    CHECK_TRUE(opened->commit(commit).ok());
  }
  Outcome query(const std::string& arguments) {
    return run_command<QueryCommand>("query --state-directory " + folder.path() + " " + arguments);
  }
};

TEST(QueryCommand, shows_readings) {
  const Outcome outcome =
      query("boiler --from 2023-11-14T22:15 --to 2023-11-14T22:15:02 --format csv");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_EQUAL(
      "time,value,quality\n2023-11-14T22:15:00.000000000Z,20,good\n"
      "2023-11-14T22:15:01.000000000Z,21,good\n",
      outcome.out.c_str());
}

TEST(QueryCommand, shows_windows) {
  const Outcome outcome =
      query("boiler --to 2023-11-15 --since 2h --window 1m --agg count,mean --format csv");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("22:16:00.000000000Z,60,49.5\n", outcome.out.c_str());
  STRCMP_CONTAINS("22:17:00.000000000Z,30,94.5\n", outcome.out.c_str());
}

TEST(QueryCommand, says_that_a_channel_is_not_there) {
  const Outcome outcome = query("pump");
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("nothing is stored of a channel \"pump\"", outcome.err.c_str());
}

TEST(QueryCommand, says_what_is_wrong_with_the_question) {
  for (const char* wrong :
       {"boiler --from yesterday", "boiler --since 1x", "boiler --window 0s", "boiler --window 25h",
        "boiler --from 2023-11-15 --to 2023-11-14", "boiler --from 2023-11-15 --since 1h",
        "boiler --window 1m --agg avg"}) {
    const Outcome outcome = query(wrong);
    CHECK_EQUAL(kWrongUse, outcome.status);
    CHECK_TRUE(!outcome.err.empty());
  }
}

TEST(QueryCommand, needs_a_buffer) {
  const Outcome outcome =
      run_command<QueryCommand>("query boiler --state-directory " + folder.path_of("none"));
  CHECK_EQUAL(kWrongUse, outcome.status);
}
