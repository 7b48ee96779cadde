#include "core/ring.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "tests/core/allocations.hpp"
#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Ring){};

TEST(Ring, is_empty_at_first) {
  Ring<int> ring(2);
  CHECK_FALSE(ring.try_pop().has_value());
  CHECK_EQUAL(0U, ring.size());
  CHECK_EQUAL(2U, ring.capacity());
}

TEST(Ring, gives_items_in_the_order_they_came) {
  Ring<int> ring(3);
  for (int i = 0; i < 3; ++i) CHECK_TRUE(ring.try_push(i));
  for (int i = 0; i < 3; ++i) CHECK_EQUAL(i, *ring.try_pop());
}

TEST(Ring, refuses_one_more_than_its_capacity) {
  Ring<int> ring(2);
  CHECK_TRUE(ring.try_push(1));
  CHECK_TRUE(ring.try_push(2));
  CHECK_FALSE(ring.try_push(3));
  CHECK_EQUAL(2U, ring.size());
  CHECK_EQUAL(1, *ring.try_pop());
  CHECK_TRUE(ring.try_push(4));
  CHECK_EQUAL(2, *ring.try_pop());
  CHECK_EQUAL(4, *ring.try_pop());
}

TEST(Ring, knows_its_size_all_the_way_round) {
  Ring<int> ring(3);
  for (int round = 0; round < 10; ++round) {
    CHECK_TRUE(ring.try_push(round));
    CHECK_TRUE(ring.try_push(round));
    CHECK_EQUAL(2U, ring.size());
    CHECK_TRUE(ring.try_pop().has_value());
    CHECK_TRUE(ring.try_pop().has_value());
    CHECK_EQUAL(0U, ring.size());
  }
}

TEST(Ring, moves_items_that_cannot_be_copied) {
  Ring<std::unique_ptr<int>> ring(1);
  CHECK_TRUE(ring.try_push(std::make_unique<int>(7)));
  const std::optional<std::unique_ptr<int>> item = ring.try_pop();
  CHECK_EQUAL(7, **item);
}

TEST(Ring, allocates_nothing_after_construction) {
  Ring<int> ring(4);
  CHECK_EQUAL(0U, allocations_during([&] {
                for (int i = 0; i < 20; ++i) {
                  static_cast<void>(ring.try_push(i));
                  if (i % 3 == 0) static_cast<void>(ring.try_pop());
                }
              }));
}

TEST(Ring, stops_the_process_when_it_is_made_without_room) {
  CHECK_FALSE(last_words([] { Ring<int> ring(0); }).empty());
}

TEST(Ring, loses_and_repeats_nothing_between_two_threads) {
  constexpr std::size_t kItems = 10'000;
  Ring<std::size_t> ring(251);  // small enough to be often full and often empty
  std::thread producer([&ring] {
    for (std::size_t i = 0; i < kItems; ++i) {
      while (!ring.try_push(i)) std::this_thread::yield();
    }
  });
  std::size_t wrong = 0;
  for (std::size_t expected = 0; expected < kItems;) {
    const std::optional<std::size_t> item = ring.try_pop();
    if (!item) {
      std::this_thread::yield();
      continue;
    }
    if (*item != expected++) ++wrong;
  }
  producer.join();
  CHECK_EQUAL(0U, wrong);
  CHECK_FALSE(ring.try_pop().has_value());
}

}  // namespace sluice
