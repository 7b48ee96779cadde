#include "uplink/command_desk.hpp"

#include <cstring>
#include <string>
#include <string_view>
#include <vector>

#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

using std::chrono::seconds;

TEST_GROUP(CommandDesk) {
  FakeLink link;
  CommandDesk desk{"answers", link};
  Instant now{seconds(1'000)};

  void receive(std::string_view text) {
    Message message;
    message.payload.resize(text.size());
    std::memcpy(message.payload.data(), text.data(), text.size());
    desk.received(message, now);
  }
  void command(const std::string& id) {
    desk.received({"", encode(RawCommand{id, "boiler", {}, {0, 1}}), false}, now);
  }
  std::vector<CommandAnswer> answers() {
    desk.step();
    std::vector<CommandAnswer> all;
    for (const Published& one : link.take("answers")) all.push_back(*decode_answer(one.payload));
    return all;
  }
};

TEST(CommandDesk, hands_commands_on) {
  command("a");
  CHECK_TRUE(desk.take()->id == "a");
  CHECK_FALSE(desk.take().has_value());
  CHECK_TRUE(desk.counters().heard == 1);
}

TEST(CommandDesk, answers_a_malformed_command_where_an_id_can_be_read) {
  receive(R"({"id":"a","command":"reboot"})");
  now += seconds(10);
  receive("rubbish");
  CHECK_FALSE(desk.take().has_value());
  CHECK_TRUE(desk.counters().refused == 2);
  const std::vector<CommandAnswer> said = answers();
  CHECK_TRUE(said.size() == 1 && said[0].id == "a" && said[0].fault == CommandFault::kMalformed);
}

TEST(CommandDesk, hears_one_a_second_of_a_flood) {
  for (int i = 0; i < 1'000; ++i) {
    now += std::chrono::milliseconds(10);
    command(std::to_string(i));
    static_cast<void>(desk.take());
  }
  CHECK_TRUE(desk.counters().heard <= 12 && desk.counters().heard >= 9);
  CHECK_TRUE(desk.counters().heard + desk.counters().too_many == 1'000);
  CHECK_TRUE(answers().empty());
}

TEST(CommandDesk, says_so_when_nobody_takes_commands) {
  for (std::size_t i = 0; i <= CommandDesk::kCommandsWaitingMax; ++i) {
    command(std::to_string(i));
    now += seconds(2);
  }
  const std::vector<CommandAnswer> said = answers();
  CHECK_TRUE(said.size() == 1 && said[0].fault == CommandFault::kBusy);
}

TEST(CommandDesk, answers_wait_for_the_link) {
  link.room = 0;
  desk.answer({"a"});
  desk.answer({"a", CommandState::kSuccessful});
  CHECK_TRUE(answers().empty());
  link.room = 10;
  const std::vector<CommandAnswer> said = answers();
  CHECK_TRUE(said.size() == 2 && said[1].state == CommandState::kSuccessful);
  CHECK_TRUE(answers().empty());
}

TEST(CommandDesk, keeps_the_newest_answers_of_a_long_outage) {
  link.room = 0;
  for (std::size_t i = 0; i <= CommandDesk::kAnswersWaitingMax; ++i)
    desk.answer({std::to_string(i)});
  link.room = 1'000;
  const std::vector<CommandAnswer> said = answers();
  CHECK_TRUE(said.size() == CommandDesk::kAnswersWaitingMax && said[0].id == "1");
  CHECK_TRUE(desk.counters().answers_dropped == 1);
}

}  // namespace sluice::uplink
