#include "app/watchdog.hpp"

#include <chrono>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

// A loop that has to come round between two feedings, and storage, which may take a minute.
TEST_GROUP(Watchdog) {
  Heartbeat loop;
  Heartbeat storage;
  Instant now{seconds(1'000)};
  Watchdog watchdog{{{"the loop", &loop, {}}, {"storage", &storage, seconds(60)}}, now};

  void both_come_round() {
    loop.beat();
    storage.beat();
  }
  bool feed_after(Duration pause) {
    now += pause;
    return watchdog.feed(now);
  }
};

TEST(Watchdog, is_fed_while_everybody_comes_round) {
  for (int i = 0; i < 100; ++i) {
    both_come_round();
    CHECK_TRUE(feed_after(seconds(10)));
    STRCMP_EQUAL("", watchdog.missing().c_str());
  }
}

TEST(Watchdog, is_not_fed_when_one_does_not_come_round_however_well_the_other_does) {
  both_come_round();
  CHECK_TRUE(feed_after(seconds(10)));
  for (int i = 0; i < 100; ++i) {
    storage.beat();
    CHECK_FALSE(feed_after(milliseconds(500)));
    STRCMP_EQUAL("the loop", watchdog.missing().c_str());
  }
}

TEST(Watchdog, needs_a_new_proof_each_time) {
  both_come_round();
  CHECK_TRUE(feed_after(milliseconds(0)));
  CHECK_FALSE(feed_after(milliseconds(0)));
}

TEST(Watchdog, keeps_the_proof_until_it_is_used) {
  loop.beat();
  storage.beat();
  watchdog.look(now);
  CHECK_TRUE(feed_after(seconds(30)));
}

TEST(Watchdog, is_fed_for_a_minute_while_the_disk_stalls_and_then_not) {
  both_come_round();
  CHECK_TRUE(feed_after(seconds(0)));
  for (int i = 1; i < 60; ++i) {
    loop.beat();
    CHECK_TRUE(feed_after(seconds(1)));
  }
  loop.beat();
  CHECK_FALSE(feed_after(seconds(1)));
  STRCMP_EQUAL("storage", watchdog.missing().c_str());
}

TEST(Watchdog, is_fed_again_when_the_disk_goes_on) {
  both_come_round();
  CHECK_TRUE(feed_after(seconds(0)));
  loop.beat();
  CHECK_FALSE(feed_after(seconds(100)));
  storage.beat();
  CHECK_TRUE(feed_after(seconds(0)));
  STRCMP_EQUAL("", watchdog.missing().c_str());
}

TEST(Watchdog, names_everybody_who_is_missing) {
  CHECK_FALSE(feed_after(seconds(100)));
  STRCMP_EQUAL("the loop, storage", watchdog.missing().c_str());
}

TEST(Watchdog, has_seen_everybody_begin_only_after_a_round_of_each) {
  watchdog.look(now);
  CHECK_FALSE(watchdog.all_began());
  loop.beat();
  watchdog.look(now);
  CHECK_FALSE(watchdog.all_began());
  storage.beat();
  watchdog.look(now);
  CHECK_TRUE(watchdog.all_began());
}

TEST(Watchdog, sees_that_somebody_was_quicker_than_itself) {
  both_come_round();
  CHECK_TRUE(Watchdog({{"the loop", &loop, {}}}, now).all_began());
}
