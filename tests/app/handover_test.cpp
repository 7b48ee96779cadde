#include "app/handover.hpp"

#include <memory>
#include <utility>

#include "tests/core/death.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;

TEST_GROUP(Handover) {
  // Rings lie on cache lines of their own, which the framework's allocation of a test does not
  // know.
  const std::unique_ptr<Handover<int>> handover = std::make_unique<Handover<int>>();
  std::unique_ptr<int> in_use = std::make_unique<int>(1);

  void accept() {
    std::unique_ptr<int> taken = handover->take();
    CHECK_TRUE(taken != nullptr);
    std::swap(in_use, taken);
    handover->give_back(std::move(taken));
  }
};

TEST(Handover, has_nothing_to_take_before_an_offer) {
  CHECK_TRUE(handover->idle());
  POINTERS_EQUAL(nullptr, handover->take().get());
  POINTERS_EQUAL(nullptr, handover->collect().get());
}

TEST(Handover, passes_the_replacement_on_and_the_old_one_back) {
  handover->offer(std::make_unique<int>(2));
  accept();
  CHECK_EQUAL(2, *in_use);
  const std::unique_ptr<int> old = handover->collect();
  CHECK_EQUAL(1, *old);
}

TEST(Handover, gives_an_offer_once) {
  handover->offer(std::make_unique<int>(2));
  accept();
  POINTERS_EQUAL(nullptr, handover->take().get());
}

TEST(Handover, is_busy_until_the_old_one_is_collected) {
  handover->offer(std::make_unique<int>(2));
  CHECK_FALSE(handover->idle());
  accept();
  CHECK_FALSE(handover->idle());
  static_cast<void>(handover->collect());
  CHECK_TRUE(handover->idle());
}

TEST(Handover, stays_busy_when_there_is_nothing_to_collect_yet) {
  handover->offer(std::make_unique<int>(2));
  POINTERS_EQUAL(nullptr, handover->collect().get());
  CHECK_FALSE(handover->idle());
}

TEST(Handover, works_again_and_again) {
  for (int i = 2; i < 5; ++i) {
    handover->offer(std::make_unique<int>(i));
    accept();
    CHECK_EQUAL(i - 1, *handover->collect());
  }
  CHECK_EQUAL(4, *in_use);
}

TEST(Handover, an_offer_that_was_not_taken_can_be_withdrawn) {
  handover->offer(std::make_unique<int>(2));
  CHECK_EQUAL(2, *handover->withdraw());
  CHECK_TRUE(handover->idle());
  POINTERS_EQUAL(nullptr, handover->take().get());
  handover->offer(std::make_unique<int>(3));
  accept();
  CHECK_EQUAL(3, *in_use);
}

TEST(Handover, an_offer_that_was_taken_cannot_be_withdrawn) {
  handover->offer(std::make_unique<int>(2));
  accept();
  POINTERS_EQUAL(nullptr, handover->withdraw().get());
  CHECK_FALSE(handover->idle());
  CHECK_EQUAL(1, *handover->collect());
}

TEST(Handover, an_offer_that_nobody_takes_is_freed_with_it) {
  handover->offer(std::make_unique<int>(2));
}

TEST(Handover, a_second_offer_before_the_first_is_answered_is_a_mistake) {
  handover->offer(std::make_unique<int>(2));
  CHECK_FALSE(last_words([&] { handover->offer(std::make_unique<int>(3)); }).empty());
}
