#include "core/heartbeat.hpp"

#include <thread>

#include <CppUTest/TestHarness.h>

using sluice::Heartbeat;

TEST_GROUP(Heartbeat) {
  Heartbeat heartbeat;
};

TEST(Heartbeat, counts_rounds) {
  CHECK_EQUAL(0U, heartbeat.count());
  heartbeat.beat();
  heartbeat.beat();
  CHECK_EQUAL(2U, heartbeat.count());
}

TEST(Heartbeat, is_seen_by_another_thread) {
  std::thread watched([this] { heartbeat.beat(); });
  while (heartbeat.count() == 0) std::this_thread::yield();
  watched.join();
}
