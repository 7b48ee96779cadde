#include "app/checkpoint_keeper.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <utility>

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(CheckpointKeeper) {
  const Instant start{seconds(1'000)};
  const std::unique_ptr<StateCopies> copies = std::make_unique<StateCopies>();
  AlertLedger ledger{"boot", {}, start};
  CheckpointKeeper keeper{"boot", "1.2.3", *copies, start};

  // What the loop does with a request that came by `at`; false when there is none.
  bool answer(Duration at, std::size_t needed = 0) {
    keeper.collect(ledger, start + at);
    auto blank = copies->blank.try_pop();
    if (!blank) return false;
    (*blank)->taken = start + at;
    (*blank)->needed = needed;
    CHECK_TRUE(copies->filled.try_push(std::move(*blank)));
    keeper.collect(ledger, start + at);
    return true;
  }
  // The loop's answer at 60 s: so many states that do not become smaller.
  void fill_with(std::size_t bytes, int states = 1) {
    keeper.learn(ChannelDeclared{{}, ChannelId{0}, "boiler", "Cel", seconds(1), {}});
    keeper.collect(ledger, start + seconds(60));
    auto blank = copies->blank.try_pop();
    CHECK_TRUE(blank.has_value());
    StateCopy& copy = **blank;
    StateHead head{};
    head.bytes = static_cast<std::uint32_t>(bytes);
    const std::size_t size = sizeof(head) + bytes;
    copy.bytes.assign(size * static_cast<std::size_t>(states), std::byte{7});
    for (std::size_t at = 0; at < copy.bytes.size(); at += size) {
      std::memcpy(copy.bytes.data() + at, &head, sizeof(head));
    }
    copy.used = copy.bytes.size();
    CHECK_TRUE(copies->filled.try_push(std::move(*blank)));
    keeper.collect(ledger, start + seconds(60));
  }
  bool commit(Duration at, bool has_all_events = true, bool durable = true) {
    storage::Commit commit;
    keeper.add_to(commit, has_all_events);
    if (durable) keeper.committed(start + at);
    return commit.checkpoint.has_value();
  }
};

TEST(CheckpointKeeper, asks_for_one_a_minute) {
  CHECK_FALSE(answer(seconds(59)));
  CHECK_TRUE(answer(seconds(60)));
  CHECK_TRUE(commit(seconds(61)));
  CHECK_FALSE(commit(seconds(62)));
  CHECK_FALSE(answer(seconds(120)));
  CHECK_TRUE(answer(seconds(121)));
}

TEST(CheckpointKeeper, asks_sooner_after_a_step_of_an_alert) {
  keeper.learn(AlertEvent{});
  CHECK_FALSE(answer(seconds(9)));
  CHECK_TRUE(answer(seconds(10)));
}

TEST(CheckpointKeeper, waits_for_a_commit_that_holds_all_events_and_is_made) {
  CHECK_TRUE(answer(seconds(60)));
  CHECK_FALSE(commit(seconds(60), false));
  CHECK_TRUE(commit(seconds(61), true, false));
  CHECK_TRUE(commit(seconds(62)));
  CHECK_FALSE(commit(seconds(63)));
}

TEST(CheckpointKeeper, gives_more_room_when_that_was_too_little) {
  CHECK_TRUE(answer(seconds(60), 1'000'000));
  CHECK_FALSE(commit(seconds(60)));
  const auto blank = copies->blank.try_pop();
  CHECK_TRUE(blank.has_value());
  CHECK_EQUAL(1'000'000U, (*blank)->bytes.size());
}

TEST(CheckpointKeeper, writes_large_ones_less_often) {
  fill_with(60'000);
  CHECK_TRUE(commit(seconds(60)));
  CHECK_FALSE(answer(seconds(60 + 150)));
  CHECK_TRUE(answer(seconds(60 + 160)));
}

TEST(CheckpointKeeper, writes_none_that_is_too_large_for_a_commit) {
  fill_with(60'000, 5);
  CHECK_FALSE(commit(seconds(60)));
}
