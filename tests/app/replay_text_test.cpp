#include "app/replay_text.hpp"

#include <chrono>
#include <string>

#include <nlohmann/json.hpp>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

// Of two alerts one was raised by both, one happened only, and one would have been new.
TEST_GROUP(ReplayText) {
  ReplayAnswer answer;

  static AlertSpan span(const std::string& alert, int raised) {
    const WallTime begin{seconds(1'700'000'000 + raised)};
    return {alert, begin, begin + seconds(12), begin + seconds(12), 70.25, Severity::kCritical};
  }
  void setup() override {
    answer.span = {WallTime(seconds(1'700'000'000)), WallTime(seconds(1'700'086'400))};
    RecordedRun run;
    run.alerts = {span("hot", 10), span("hot", 100)};
    answer.runs.runs = {run};
    answer.recorded.readings[0] = 86'400;
    answer.recorded.chunk_bytes = 54'321;
    answer.replayed.file = "new.toml";
    ReplayOutcome& outcome = answer.replayed.outcome;
    outcome.alerts = {{span("hot", 15), span("cold", 500)}};
    outcome.readings[0] = 8'640;
    outcome.volumes[static_cast<std::size_t>(Stream::kRaw)] = {8'640, 12, 5'432, 6'543};
    answer.notes = {"channel \"tank\": nothing is stored of it"};
  }
};

TEST(ReplayText, is_a_diff) {
  const std::string text = replay_text(answer);
  STRCMP_CONTAINS(
      "alert  recorded  new.toml  both  gone  new\n"
      "cold          0         1     0     0    1\n"
      "hot           2         1     1     1    0\n",
      text.c_str());
  STRCMP_CONTAINS("+ 2023-11-14T22:21:40.000Z  cold  critical, value 70.25, for 12s\n",
                  text.c_str());
  STRCMP_CONTAINS("- 2023-11-14T22:15:00.000Z  hot  critical, value 70.25, for 12s\n",
                  text.c_str());
  STRCMP_CONTAINS("raw, chunks      54,321     5,432\n", text.c_str());
  STRCMP_CONTAINS("raw, messages         -     6,543\n", text.c_str());
  STRCMP_CONTAINS("good        86,400     8,640\n", text.c_str());
  STRCMP_CONTAINS("note: channel \"tank\": nothing is stored of it\n", text.c_str());
}

TEST(ReplayText, compares_with_another_configuration) {
  answer.against = answer.replayed;
  answer.against->file = "old.toml";
  const std::string text = replay_text(answer);
  STRCMP_CONTAINS("alert  recorded  old.toml  new.toml  both  gone  new\n", text.c_str());
  STRCMP_CONTAINS("The same alerts.\n", text.c_str());
}

TEST(ReplayText, shows_so_many_spans_and_counts_the_rest) {
  for (int i = 0; i < 50; ++i) {
    answer.replayed.outcome.alerts.front().push_back(span("wet", 1'000 + 100 * i));
  }
  STRCMP_CONTAINS("+ and 30 more\n", replay_text(answer).c_str());
}

TEST(ReplayText, says_that_there_was_nothing) {
  answer.runs.runs.front().alerts.clear();
  answer.replayed.outcome.alerts.front().clear();
  answer.span.volumes = false;
  const std::string text = replay_text(answer);
  STRCMP_CONTAINS("No alert was raised, and none would have been.\n", text.c_str());
  CHECK_TRUE(text.find("bytes") == std::string::npos);
}

TEST(ReplayText, is_an_object_for_programs) {
  const nlohmann::json object = nlohmann::json::parse(replay_json(answer));
  CHECK_EQUAL(2U, object["alerts"].size());
  const nlohmann::json& hot = object["alerts"][1];
  CHECK_EQUAL(2, hot["recorded"].get<int>());
  CHECK_EQUAL(1, hot["gone"].get<int>());
  STRCMP_EQUAL("2023-11-14T22:15:00.000000000Z",
               hot["gone_spans"][0]["raised"].get<std::string>().c_str());
  CHECK_EQUAL(6'543, object["replayed"]["streams"]["raw"]["message_bytes"].get<int>());
  CHECK_EQUAL(54'321, object["recorded"]["chunk_bytes"].get<int>());
  CHECK_EQUAL(1U, object["notes"].size());
}
