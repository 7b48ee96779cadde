#include "collector/asker.hpp"

#include <string>
#include <vector>

#include "tests/uplink/fake_link.hpp"
#include "uplink/messages.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::collector;
using std::chrono::seconds;
using uplink::CommandState;

TEST_GROUP(Asker) {
  uplink::FakeLink link;
  const uplink::RawCommand command{"a", "boiler", {}, {0, 1}};
  Asker asker{command, "gw", Asker::Patience::kUntilDone, link};
  Asker hasty{command, "gw", Asker::Patience::kUntilTaken, link};
  Instant now{seconds(1'000)};

  void connect(Asker & one) {
    link.events.push_back(uplink::LinkUp{});
    CHECK_TRUE(one.step(now) == Asker::Outcome::kUnderWay);
  }
  Asker::Outcome hear(const char* topic, const Bytes& payload) {
    link.events.push_back(uplink::Message{topic, payload, false});
    return asker.step(now);
  }
  std::size_t asked() {
    std::size_t count = 0;
    for (const uplink::Published& one : link.take("sluice/v1/gw/cmd")) {
      CHECK_TRUE(*uplink::decode_command(one.payload) == command);
      CHECK_TRUE(one.retain == uplink::Retain::kNo);
      ++count;
    }
    return count;
  }
};

TEST(Asker, asks_once_it_is_connected_and_again_while_nobody_answers) {
  CHECK_TRUE(asker.step(now) == Asker::Outcome::kUnderWay && asked() == 0);
  connect(asker);
  CHECK_TRUE(asked() == 1);
  now += Asker::kAskAgainAfter - seconds(1);
  static_cast<void>(asker.step(now));
  CHECK_TRUE(asked() == 0);
  now += seconds(1);
  static_cast<void>(asker.step(now));
  CHECK_TRUE(asked() == 1);
}

TEST(Asker, waits_for_the_last_answer_to_its_command) {
  connect(asker);
  CHECK_TRUE(hear("sluice/v1/gw/cmd/result", encode(uplink::CommandAnswer{"a"})) ==
             Asker::Outcome::kUnderWay);
  CHECK_TRUE(hear("sluice/v1/gw/cmd/result",
                  encode(uplink::CommandAnswer{"b", CommandState::kSuccessful})) ==
             Asker::Outcome::kUnderWay);
  CHECK_TRUE(hear("sluice/v1/gw/cmd/result",
                  encode(uplink::CommandAnswer{"a", CommandState::kSuccessful})) ==
             Asker::Outcome::kDone);
  CHECK_TRUE(asker.answer()->state == CommandState::kSuccessful);
}

TEST(Asker, takes_no_answer_for_a_taken_command_unless_that_is_all_it_wants) {
  connect(asker);
  link.events.push_back(uplink::Taken{1});
  CHECK_TRUE(asker.step(now) == Asker::Outcome::kUnderWay);
  connect(hasty);
  link.events.push_back(uplink::Taken{2});
  CHECK_TRUE(hasty.step(now) == Asker::Outcome::kTaken);
}

TEST(Asker, says_what_the_broker_refuses) {
  connect(asker);
  link.events.push_back(uplink::Taken{1, true, 0x87});
  CHECK_TRUE(asker.step(now) == Asker::Outcome::kRefused);
  STRCMP_CONTAINS("reason 135", asker.why().c_str());
}

TEST(Asker, gives_up_without_a_link) {
  link.events.push_back(uplink::LinkDown{"the certificate is not for this host"});
  CHECK_TRUE(asker.step(now) == Asker::Outcome::kNoLink);
  STRCMP_EQUAL("the certificate is not for this host", asker.why().c_str());
}

TEST(Asker, knows_whether_the_gateway_is_there) {
  CHECK_FALSE(asker.online().has_value());
  static_cast<void>(hear("sluice/v1/gw/status", encode(uplink::Status{RunId{}, false})));
  CHECK_FALSE(*asker.online());
  static_cast<void>(hear("sluice/v1/gw/status", encode(uplink::Status{RunId{}, true})));
  CHECK_TRUE(*asker.online());
}
