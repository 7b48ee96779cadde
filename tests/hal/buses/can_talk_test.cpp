#include "hal/buses/can_talk.hpp"

#include <linux/can/error.h>

#include <chrono>

#include "tests/hal/buses/can_pair.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal::can;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(CanTalk) {
  Pair pair;
  Talk talk{Socket("can0", pair.open())};
  const Wanted low{.id = 0x123, .signal = {.start = 0, .length = 8}};
  const Wanted high{.id = 0x123, .signal = {.start = 8, .length = 8}};
  Instant now{seconds(1'000)};

  void setup() override {
    tend();
  }
  void tend() {
    now += milliseconds(200);
    talk.want(low, now);
    talk.want(high, now);
  }
  double value(const Wanted& wanted) {
    return talk.newest(wanted, now).value().value().value;
  }
  bool is_silent(const Wanted& wanted) {
    return !talk.newest(wanted, now).value().has_value();
  }
};

TEST(CanTalk, gives_every_channel_its_signal_of_a_frame) {
  CHECK_TRUE(is_silent(low));
  pair.send(0x123, {5, 6});
  DOUBLES_EQUAL(5.0, value(low), 0.0);
  DOUBLES_EQUAL(6.0, value(high), 0.0);
}

TEST(CanTalk, keeps_the_newest_and_when_it_came) {
  pair.send(0x123, {1, 2});
  pair.send(0x123, {3, 4});
  tend();
  const Instant came = now;
  for (int i = 0; i < 50; ++i) tend();
  DOUBLES_EQUAL(3.0, value(low), 0.0);
  CHECK_TRUE(talk.newest(low, now).value()->at == came);
}

TEST(CanTalk, takes_other_frames_for_nothing) {
  pair.send(0x124, {1, 2});
  pair.send(0x123 | CAN_EFF_FLAG, {1, 2});
  pair.send(0x123 | CAN_RTR_FLAG, {0, 0});
  CHECK_TRUE(is_silent(low));
}

TEST(CanTalk, counts_a_frame_that_is_too_short) {
  pair.send(0x123, {7});
  DOUBLES_EQUAL(7.0, value(low), 0.0);
  CHECK_TRUE(is_silent(high));
  CHECK_EQUAL(1U, talk.errors());
}

TEST(CanTalk, tells_layouts_apart_by_the_multiplexor) {
  Wanted third = high;
  third.selector = Signal{.start = 0, .length = 4};
  third.selected = 3;
  talk.want(third, now);
  pair.send(0x123, {0xF2, 50});
  CHECK_TRUE(is_silent(third));
  pair.send(0x123, {0xF3, 60});
  pair.send(0x123, {0xF4, 70});
  DOUBLES_EQUAL(60.0, value(third), 0.0);
  DOUBLES_EQUAL(70.0, value(high), 0.0);
}

TEST(CanTalk, counts_error_frames_and_knows_when_it_is_off_the_bus) {
  pair.send(CAN_ERR_FLAG | CAN_ERR_CRTL, {0, 8, 0, 0, 0, 0, 0, 0});
  CHECK_TRUE(is_silent(low));
  CHECK_EQUAL(1U, talk.errors());
  CHECK_FALSE(talk.bus_off());
  pair.send(CAN_ERR_FLAG | CAN_ERR_BUSOFF, {0, 0, 0, 0, 0, 0, 0, 0});
  CHECK_TRUE(is_silent(low));
  CHECK_TRUE(talk.bus_off());
  pair.send(0x123, {5, 6});
  DOUBLES_EQUAL(5.0, value(low), 0.0);
  CHECK_FALSE(talk.bus_off());
}

TEST(CanTalk, says_when_the_interface_is_gone) {
  pair.unplug();
  CHECK_FALSE(talk.newest(low, now).ok());
}
