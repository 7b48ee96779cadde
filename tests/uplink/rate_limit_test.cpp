#include "uplink/rate_limit.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(RateLimit) {
  RateLimit limit{1000};
  Instant now = instant_from_ns(0) + seconds(100);
};

TEST(RateLimit, allows_at_first) {
  CHECK_TRUE(limit.allows(now));
}

TEST(RateLimit, holds_the_rate_over_time) {
  std::uint64_t bytes = 0;
  for (int i = 0; i < 100'000; ++i, now += milliseconds(1)) {
    if (!limit.allows(now)) continue;
    limit.spent(300, now);
    bytes += 300;
  }
  CHECK_TRUE(bytes >= 100'000);
  CHECK_TRUE(bytes <= 101'300);
}

TEST(RateLimit, a_large_packet_is_paid_for_afterwards) {
  limit.spent(5000, now);
  CHECK_FALSE(limit.allows(now + milliseconds(3900)));
  CHECK_TRUE(limit.allows(now + milliseconds(4000)));
}

TEST(RateLimit, saves_up_one_burst_at_most) {
  now += seconds(1000);
  limit.spent(1000, now);
  CHECK_TRUE(limit.allows(now));
  limit.spent(1, now);
  CHECK_FALSE(limit.allows(now));
}

TEST(RateLimit, none_always_allows) {
  RateLimit none(0);
  none.spent(1'000'000'000, now);
  CHECK_TRUE(none.allows(now));
}

}  // namespace sluice::uplink
