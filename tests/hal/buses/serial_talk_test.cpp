#include "hal/buses/serial_talk.hpp"

#include <chrono>
#include <string>

#include "tests/hal/buses/pty.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(SerialTalk) {
  Pty pty;
  SerialTalk talk{{.device = pty.path(), .baud = 115'200}};
  const talk::Wanted first{.format = talk::Format::kFields, .name = "", .field = 1};
  const talk::Wanted second{.format = talk::Format::kFields, .name = "", .field = 2};
  Instant now{seconds(1'000)};

  // As a poller tends it, five times a second.
  void tend() {
    now += milliseconds(200);
    talk.want(first, now);
    talk.want(second, now);
  }
  std::optional<SerialTalk::Newest> newest(const talk::Wanted& wanted) {
    return talk.newest(wanted, now).value();
  }
};

TEST(SerialTalk, gives_every_channel_its_part_of_a_line) {
  tend();
  pty.say("half\n1.5,2.5\n");
  DOUBLES_EQUAL(1.5, newest(first)->heard.value, 0.0);
  DOUBLES_EQUAL(2.5, newest(second)->heard.value, 0.0);
}

TEST(SerialTalk, keeps_the_newest_and_when_it_came) {
  tend();
  pty.say("half\n1,2\n");
  CHECK_TRUE(newest(first).has_value());
  pty.say("3,4\n5,6\n");
  tend();
  const Instant came = now;
  for (int i = 0; i < 50; ++i) tend();
  DOUBLES_EQUAL(5.0, newest(first)->heard.value, 0.0);
  CHECK_TRUE(newest(first)->at == came);
}

TEST(SerialTalk, waits_for_the_first_number_only) {
  tend();
  now += SerialTalk::kFirstWait;
  // It would wait for ever here, for the clock of this test stands still.
  CHECK_FALSE(newest(first).has_value());
}

TEST(SerialTalk, counts_what_was_damaged) {
  tend();
  pty.say("half\n1,x\n");
  CHECK_TRUE(newest(first).has_value());
  CHECK_EQUAL(0U, talk.damaged(first));
  CHECK_EQUAL(1U, talk.damaged(second));
  pty.say("1\x01\n2,3\n");
  CHECK_TRUE(newest(second).has_value());
  CHECK_EQUAL(1U, talk.damaged(first));
  CHECK_EQUAL(2U, talk.damaged(second));
}

TEST(SerialTalk, forgets_what_is_not_wanted_any_more) {
  tend();
  pty.say("half\n1,2\n");
  CHECK_TRUE(newest(second).has_value());
  for (int i = 0; i < 2; ++i) {
    now += milliseconds(200);
    talk.want(first, now);
  }
  now += SerialTalk::kFirstWait;
  tend();
  CHECK_FALSE(newest(second).has_value());
  CHECK_TRUE(newest(first).has_value());
}

TEST(SerialTalk, says_when_the_line_is_gone) {
  tend();
  pty.unplug();
  CHECK_FALSE(talk.newest(first, now).ok());
}
