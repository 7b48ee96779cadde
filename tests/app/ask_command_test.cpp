#include <poll.h>

#include <string>
#include <string_view>
#include <vector>

#include "app/commands.hpp"
#include "app/local_api.hpp"
#include "app/requests.hpp"
#include "tests/app/console.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

namespace {

// All that `sluice status` looks at.
constexpr const char* kStatus =
    R"({"gateway":"plant-7","version":"1.2.3","run":"ab","config_hash":"cd","safe_mode":null,)"
    R"("uptime_s":5.0,)"
    R"("realtime":{"rt":"ok","ticks":1,"ticks_missed":0,)"
    R"("lateness_us":{"p50":1.0,"p99":1.0,"max":1.0},"body_us":{"p50":1.0,"p99":1.0,"max":1.0},)"
    R"("sample_to_alert_us":{"p50":1.0,"p99":1.0,"max":1.0}},)"
    R"("readings":{"produced":1,"lost_ring_full":0,"uncommitted":0,"stored":1,"pending":1,)"
    R"("delivered":0,"dropped":0},)"
    R"("storage":{"state":"ok","bytes":1024,"quota_bytes":2048,"full_in_s":null,)"
    R"("pending_chunks":1},)"
    R"("flash":{"device_bytes":4096,"device_bytes_per_day":null,"card_life_years":null},)"
    R"("uplink":null,"channels":[],"drivers":[],"outputs":[],"alerts":[]})";

}  // namespace

TEST_GROUP(AskCommand) {
  TemporaryFolder folder;
  std::string answer;
  std::vector<std::string> requests;

  Outcome ask(AskCommand::Question question, const std::string& arguments) {
    return run_command<AskCommand>(arguments + " --run-directory " + folder.path(), question);
  }
  // While a gateway runs that gives `answer`.
  Outcome ask_running(AskCommand::Question question, const std::string& arguments) {
    Result<LocalApi> door =
        LocalApi::listen(socket_path(folder.path()), [this](std::string_view request) {
          requests.emplace_back(request);
          return answer;
        });
    CHECK_TRUE(door.ok());
    Console console;
    console.start<AskCommand>(arguments + " --run-directory " + folder.path(), question);
    while (!console.ended()) {
      pollfd waited{door->descriptor(), POLLIN, 0};
      poll(&waited, 1, 10);
      door->serve();
    }
    return console.outcome();
  }
};

TEST(AskCommand, shows_the_status_to_people) {
  answer = kStatus;
  const Outcome outcome = ask_running(AskCommand::Question::kStatus, "status");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_CONTAINS("gateway plant-7, version 1.2.3", outcome.out.c_str());
  CHECK_TRUE(requests == std::vector<std::string>{kStatusRequest});
}

TEST(AskCommand, shows_the_status_to_programs) {
  answer = kStatus;
  const Outcome outcome = ask_running(AskCommand::Question::kStatus, "status --json");
  CHECK_EQUAL(kDone, outcome.status);
  STRCMP_EQUAL((std::string(kStatus) + "\n").c_str(), outcome.out.c_str());
}

TEST(AskCommand, does_not_show_what_is_no_status) {
  answer = "{}";
  const Outcome outcome = ask_running(AskCommand::Question::kStatus, "status");
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("not a status", outcome.err.c_str());
}

TEST(AskCommand, acknowledges_an_alert) {
  answer = kAcceptedAnswer;
  const Outcome outcome = ask_running(AskCommand::Question::kAcknowledge, "acknowledge hot");
  CHECK_EQUAL(kDone, outcome.status);
  CHECK_TRUE(requests == std::vector<std::string>{"acknowledge hot"});
}

TEST(AskCommand, says_why_an_alert_was_not_acknowledged) {
  answer = "no alert is named \"cold\"";
  const Outcome outcome = ask_running(AskCommand::Question::kAcknowledge, "acknowledge cold");
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("no alert is named \"cold\"", outcome.err.c_str());
}

TEST(AskCommand, says_that_no_gateway_runs) {
  const Outcome outcome = ask(AskCommand::Question::kStatus, "status");
  CHECK_EQUAL(kFailed, outcome.status);
  STRCMP_CONTAINS("no gateway answers", outcome.err.c_str());
}
