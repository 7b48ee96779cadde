#include "uplink/keep_alive.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

using std::chrono::hours;
using std::chrono::seconds;

TEST_GROUP(KeepAlive) {
  KeepAlive keep_alive{{.min = seconds(15), .begin = seconds(60), .max = seconds(120)}};
};

TEST(KeepAlive, begins_as_told) {
  CHECK(keep_alive.now() == seconds(60));
}

TEST(KeepAlive, becomes_shorter_when_silent_connections_are_cut) {
  keep_alive.ended(seconds(70), true);
  CHECK(keep_alive.now() == seconds(30));
  for (int times = 0; times < 5; ++times) keep_alive.ended(seconds(70), true);
  CHECK(keep_alive.now() == seconds(15));
}

TEST(KeepAlive, becomes_longer_when_they_hold) {
  keep_alive.ended(seconds(600), false);
  CHECK(keep_alive.now() == seconds(90));
  for (int times = 0; times < 5; ++times) keep_alive.ended(hours(10), false);
  CHECK(keep_alive.now() == seconds(120));
}

TEST(KeepAlive, learns_nothing_from_a_short_connection) {
  keep_alive.ended(seconds(599), false);
  CHECK(keep_alive.now() == seconds(60));
}

TEST(KeepAlive, stays_in_whole_seconds) {
  KeepAlive odd({.min = seconds(5), .begin = seconds(15), .max = seconds(60)});
  odd.ended(seconds(20), true);
  CHECK(odd.now() == seconds(7));
}

}  // namespace sluice::uplink
