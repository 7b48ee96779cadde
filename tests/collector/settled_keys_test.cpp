#include "collector/settled_keys.hpp"

#include <cstdint>
#include <set>

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(SettledKeys) {
  SettledKeys keys;
};

TEST(SettledKeys, a_key_is_held_or_resolved_never_both) {
  keys.hold(2, 20);
  LONGS_EQUAL(2, keys.resolve(1, 3));
  CHECK(keys.is_held(2));
  CHECK_FALSE(keys.is_resolved(2));
  CHECK(keys.is_resolved(1));
  CHECK(keys.is_resolved(3));
}

TEST(SettledKeys, resolving_again_resolves_nothing) {
  LONGS_EQUAL(3, keys.resolve(1, 3));
  LONGS_EQUAL(0, keys.resolve(1, 3));
  LONGS_EQUAL(1, keys.resolve(2, 4));
}

TEST(SettledKeys, carry_the_sum_of_the_checks) {
  keys.hold(1, 5);
  keys.hold(2, 6);
  CHECK(keys.held().intervals()[0] == (Interval{1, 2, 11}));
}

TEST(SettledKeys, a_span_without_end_costs_nothing) {
  keys.hold(7, 1);
  const std::uint64_t end = (std::uint64_t{1} << 63) - 1;
  CHECK(keys.resolve(1, end) == end - 1);
}

// Against a set of single keys, which cannot be wrong.
TEST(SettledKeys, agree_with_a_plain_set) {
  std::uint64_t random = 99;
  const auto below = [&random](std::uint64_t n) {
    random = random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (random >> 33) % n;
  };
  std::set<std::uint64_t> held;
  std::set<std::uint64_t> resolved;
  for (int step = 0; step < 300; ++step) {
    const std::uint64_t seq = below(80) + 1;
    if (below(2) == 0) {
      if (held.count(seq) + resolved.count(seq) > 0) continue;
      keys.hold(seq, 1);
      held.insert(seq);
    } else {
      const std::uint64_t last = seq + below(6);
      std::uint64_t expected = 0;
      for (std::uint64_t key = seq; key <= last; ++key) {
        if (held.count(key) == 0 && resolved.insert(key).second) ++expected;
      }
      CHECK(keys.resolve(seq, last) == expected);
    }
    for (std::uint64_t key = 1; key < 90; ++key) {
      CHECK(keys.is_held(key) == (held.count(key) > 0));
      CHECK(keys.is_resolved(key) == (resolved.count(key) > 0));
    }
  }
}

}  // namespace sluice::collector
