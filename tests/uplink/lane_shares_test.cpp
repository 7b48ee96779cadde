#include "uplink/lane_shares.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(LaneShares) {
  LaneShares shares;
  std::array<std::size_t, kLanes.size()> bytes{};

  // One batch of the first lane that has something.
  void send(const std::vector<Lane>& waiting, std::size_t size = 1000) {
    for (const Lane lane : shares.order()) {
      if (std::find(waiting.begin(), waiting.end(), lane) == waiting.end()) {
        shares.idle(lane);
        continue;
      }
      shares.sent(lane, size);
      bytes[index_of(lane)] += size;
      return;
    }
  }
  std::size_t sent(Lane lane) const {
    return bytes[index_of(lane)];
  }
};

TEST(LaneShares, at_first_in_the_order_of_the_lanes) {
  CHECK_TRUE(shares.order() == kLanes);
}

TEST(LaneShares, alerts_are_always_first) {
  for (int i = 0; i < 100; ++i) send({Lane::kAlert, Lane::kRaw});
  CHECK_TRUE(sent(Lane::kRaw) == 0);
  CHECK_TRUE(shares.order().front() == Lane::kAlert);
}

TEST(LaneShares, bytes_are_shared_by_weight) {
  for (int i = 0; i < 1400; ++i) send({Lane::kRollup, Lane::kRaw, Lane::kBacklog});
  CHECK_TRUE(sent(Lane::kRollup) == 800'000);
  CHECK_TRUE(sent(Lane::kRaw) == 400'000);
  CHECK_TRUE(sent(Lane::kBacklog) == 200'000);
}

TEST(LaneShares, nothing_starves) {
  for (int i = 0; i < 10'000; ++i) {
    send({Lane::kEvent, Lane::kRollup, Lane::kRequested, Lane::kRaw, Lane::kRejected,
          Lane::kBacklog});
  }
  for (const Lane lane : kLanes) CHECK_TRUE(lane == Lane::kAlert || sent(lane) > 100'000);
}

TEST(LaneShares, a_lane_alone_has_everything) {
  for (int i = 0; i < 10; ++i) send({Lane::kBacklog});
  CHECK_TRUE(sent(Lane::kBacklog) == 10'000);
}

TEST(LaneShares, an_idle_lane_saves_nothing_up) {
  for (int i = 0; i < 1000; ++i) send({Lane::kBacklog});
  bytes = {};
  for (int i = 0; i < 300; ++i) send({Lane::kRaw, Lane::kBacklog});
  CHECK_TRUE(sent(Lane::kBacklog) >= 99'000);
}

TEST(LaneShares, what_comes_back_waits_for_nothing) {
  for (int i = 0; i < 1000; ++i) send({Lane::kRaw});
  bytes = {};
  for (int i = 0; i < 3; ++i) send({Lane::kRaw, Lane::kEvent});
  CHECK_TRUE(sent(Lane::kEvent) >= 2'000);
}

}  // namespace sluice::uplink
