#include "uplink/backoff.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(Backoff) {
  Backoff backoff{std::mt19937_64(1)};
};

TEST(Backoff, stays_within_a_bound_that_doubles) {
  Duration bound = Backoff::kBoundMin;
  for (int tries = 0; tries < 12; ++tries) {
    const Duration delay = backoff.next();
    CHECK(delay >= Duration::zero());
    CHECK(delay <= bound);
    bound = std::min(2 * bound, Backoff::kBoundMax);
  }
}

TEST(Backoff, waits_no_longer_than_it_is_told) {
  Backoff impatient(std::mt19937_64(1), std::chrono::seconds(3));
  for (int tries = 0; tries < 100; ++tries) CHECK(impatient.next() <= std::chrono::seconds(3));
}

TEST(Backoff, spreads_over_the_whole_bound) {
  for (int tries = 0; tries < 10; ++tries) backoff.next();
  int short_ones = 0;
  for (int tries = 0; tries < 1'000; ++tries) {
    if (backoff.next() < Backoff::kBoundMax / 4) ++short_ones;
  }
  CHECK(short_ones > 150);
  CHECK(short_ones < 350);
}

TEST(Backoff, begins_small_again_after_a_reset) {
  for (int tries = 0; tries < 10; ++tries) backoff.next();
  backoff.reset();
  CHECK(backoff.next() <= Backoff::kBoundOfFleet);
}

// A broker that restarts is away for seconds, and one whose machine has failed for an hour.
TEST(Backoff, a_fleet_that_lost_its_broker_comes_back_a_few_at_a_time) {
  constexpr std::size_t kFleet = 1'000;
  for (const std::int64_t away_s : {0, 1, 3, 10, 60, 3'600}) {
    std::map<std::int64_t, std::size_t> tries;  // in each second
    Duration waited{};
    for (std::size_t number = 0; number < kFleet; ++number) {
      Backoff one{std::mt19937_64(number)};
      one.reset();
      const Duration away = std::chrono::seconds(away_s);
      Duration at = one.next();
      for (; at < away; at += one.next()) ++tries[at / std::chrono::seconds(1)];
      ++tries[at / std::chrono::seconds(1)];
      waited += at - away;
    }
    for (const auto& [second, count] : tries) CHECK(count < kFleet / 4);
    if (away_s <= 1) CHECK(waited / static_cast<std::int64_t>(kFleet) < std::chrono::seconds(5));
  }
}

TEST(Backoff, differs_between_machines) {
  Backoff other{std::mt19937_64(2)};
  CHECK(backoff.next() != other.next());
}

TEST(Backoff, waits_much_longer_after_refusals) {
  Duration bound = 2 * Backoff::kRefusedMin;
  for (int tries = 0; tries < 8; ++tries) {
    const Duration delay = backoff.next_after_refusal();
    CHECK(delay >= Backoff::kRefusedMin);
    CHECK(delay <= bound);
    bound = std::min(2 * bound, Backoff::kRefusedMax);
  }
}

}  // namespace sluice::uplink
