#include "core/interval_set.hpp"

#include <cstdint>
#include <limits>
#include <map>
#include <random>

#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(IntervalSet) {
  IntervalSet set;

  // One interval, so that a test can compare it as a whole.
  void holds(const Interval& expected) const {
    CHECK_EQUAL(1U, set.intervals().size());
    CHECK_TRUE(set.intervals()[0] == expected);
  }
};

TEST(IntervalSet, is_empty_at_first) {
  CHECK_EQUAL(0U, set.count());
  CHECK_FALSE(set.contains(1));
}

TEST(IntervalSet, refuses_a_member_and_changes_nothing) {
  CHECK_TRUE(set.insert(5, 50));
  CHECK_FALSE(set.insert(5, 99));
  holds({5, 5, 50});
}

TEST(IntervalSet, joins_neighbours_on_both_sides) {
  CHECK_TRUE(set.insert(1, 10));
  CHECK_TRUE(set.insert(3, 30));
  CHECK_EQUAL(2U, set.intervals().size());
  CHECK_TRUE(set.insert(2, 20));
  holds({1, 3, 60});
}

TEST(IntervalSet, adds_a_whole_interval) {
  CHECK_TRUE(set.insert(Interval{10, 19, 100}));
  CHECK_TRUE(set.insert(Interval{1, 9, 7}));
  holds({1, 19, 107});
  CHECK_EQUAL(19U, set.count());
}

TEST(IntervalSet, refuses_an_interval_that_overlaps_at_either_end) {
  CHECK_TRUE(set.insert(Interval{10, 19, 100}));
  CHECK_FALSE(set.insert(Interval{1, 10, 1}));
  CHECK_FALSE(set.insert(Interval{19, 30, 1}));
  CHECK_FALSE(set.insert(Interval{12, 13, 1}));
  CHECK_FALSE(set.insert(Interval{1, 30, 1}));
  holds({10, 19, 100});
}

TEST(IntervalSet, adds_checks_modulo_two_to_the_64) {
  CHECK_TRUE(set.insert(1, std::numeric_limits<std::uint64_t>::max()));
  CHECK_TRUE(set.insert(2, 3));
  holds({1, 2, 2});
}

TEST(IntervalSet, takes_the_greatest_number) {
  const std::uint64_t last = std::numeric_limits<std::uint64_t>::max();
  CHECK_TRUE(set.insert(last, 1));
  CHECK_TRUE(set.insert(last - 1, 1));
  CHECK_TRUE(set.insert(1, 1));
  CHECK_TRUE(set.contains(last));
  CHECK_EQUAL(2U, set.intervals().size());
}

TEST(IntervalSet, stops_the_process_on_what_is_no_number_or_interval) {
  CHECK_FALSE(last_words([] { static_cast<void>(IntervalSet().insert(0, 1)); }).empty());
  CHECK_FALSE(last_words([] {
                static_cast<void>(IntervalSet().insert(Interval{5, 4, 1}));
              }).empty());
}

// Against a plain map of number to check, with numbers from a small space so that everything
// touches everything.
TEST(IntervalSet, agrees_with_a_plain_set_whatever_comes_in_whatever_order) {
  constexpr std::uint64_t kNumbers = 120;
  for (std::uint32_t seed = 1; seed <= 50; ++seed) {
    std::mt19937 random(seed);
    IntervalSet tested;
    std::map<std::uint64_t, std::uint64_t> plain;
    for (int step = 0; step < 150; ++step) {
      const std::uint64_t first = 1 + random() % kNumbers;
      const std::uint64_t last = first + (random() % 4 == 0 ? random() % 8 : 0);
      const auto next = plain.lower_bound(first);
      const bool is_new = next == plain.end() || next->first > last;
      std::uint64_t sum = 0;
      for (std::uint64_t seq = first; is_new && seq <= last; ++seq) sum += plain[seq] = random();
      CHECK_EQUAL(is_new, tested.insert(Interval{first, last, sum}));
    }

    CHECK_EQUAL(plain.size(), tested.count());
    std::uint64_t previous_last = 0;
    for (const Interval& interval : tested.intervals()) {
      CHECK_TRUE(previous_last == 0 || interval.first > previous_last + 1);
      std::uint64_t sum = 0;
      for (std::uint64_t seq = interval.first; seq <= interval.last; ++seq) sum += plain.at(seq);
      CHECK_EQUAL(sum, interval.check);
      previous_last = interval.last;
    }
    for (std::uint64_t seq = 1; seq <= kNumbers + 8; ++seq) {
      CHECK_EQUAL(plain.contains(seq), tested.contains(seq));
    }
  }
}

}  // namespace sluice
