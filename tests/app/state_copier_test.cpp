#include "app/state_copier.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "tests/app/hand_plan.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(StateCopier) {
  HandPlan hand;
  HandSensor sensor;
  const std::unique_ptr<StateCopies> copies = std::make_unique<StateCopies>();
  StateCopier copier{*copies};
  const Instant now{seconds(100)};

  std::unique_ptr<Plan> plan(int channels) {
    std::vector<HandPlan::Channel> all;
    for (int i = 0; i < channels; ++i) {
      ChannelSpec spec = spec_of("c" + std::to_string(i), seconds(1));
      AlertRule window = above("w" + std::to_string(i), 1.0);
      window.condition = WindowLevel{Aggregate::kMean, {true, 1, 1}, seconds(8), seconds(1)};
      spec.alerts = {above("a" + std::to_string(i), 80.0), window};
      all.push_back({spec, &sensor});
    }
    return hand.plan(all);
  }
  void ask(std::size_t room) {
    auto blank = std::make_unique<StateCopy>();
    blank->bytes.resize(room);
    CHECK_TRUE(copies->blank.try_push(std::move(blank)));
  }
};

TEST(StateCopier, copies_nothing_unasked) {
  const auto one = plan(1);
  copier.step(*one, now);
  CHECK_FALSE(copies->filled.try_pop().has_value());
}

TEST(StateCopier, fills_a_copy_whole) {
  hand.composites = {{.rule = above("top", 0.0), .any = {"a0"}}};
  const auto one = plan(1);
  ask(one->state_bytes());
  copier.step(*one, now);
  const auto copy = copies->filled.try_pop();
  CHECK_TRUE(copy && (*copy)->used == one->state_bytes() && (*copy)->needed == 0);
  CHECK_TRUE((*copy)->taken == now);
  const Bytes packed =
      pack(**copy, "1", [](StateKind, std::uint16_t number) { return std::to_string(number); });
  CHECK_EQUAL(4U, unpack(packed, "1").states.size());  // channel, two alerts, composite
}

TEST(StateCopier, says_how_much_room_it_needs) {
  const auto one = plan(1);
  ask(one->state_bytes() - 1);
  copier.step(*one, now);
  const auto copy = copies->filled.try_pop();
  CHECK_TRUE(copy && (*copy)->needed == one->state_bytes());
}

TEST(StateCopier, copies_a_slice_at_a_time) {
  const auto many = plan(40);
  ask(many->state_bytes());
  int steps = 0;
  std::optional<std::unique_ptr<StateCopy>> copy;
  for (; !copy; ++steps) {
    copier.step(*many, now + seconds(steps));
    copy = copies->filled.try_pop();
  }
  CHECK_TRUE(steps >= static_cast<int>(many->state_bytes() / (2 * StateCopier::kSliceBytes)));
  CHECK_TRUE(steps > 1);
  CHECK_TRUE((*copy)->used == many->state_bytes());
  CHECK_TRUE((*copy)->taken == now);
}

TEST(StateCopier, begins_again_when_the_plan_is_another_one) {
  const auto many = plan(40);
  ask(many->state_bytes());
  copier.step(*many, now);
  const auto few = plan(2);
  copier.restart();
  copier.step(*few, now + seconds(1));
  const auto copy = copies->filled.try_pop();
  CHECK_TRUE(copy && (*copy)->used == few->state_bytes());
}
