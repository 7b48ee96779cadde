#include "app/raw_requests.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "tests/app/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;
using uplink::CommandFault;
using uplink::CommandState;

// Run 1 has a channel that is read once a second, in chunks of ten readings from 100 s on, and a
// clock by which it was 1,000,000 s later.
TEST_GROUP(RawRequests) {
  static constexpr std::int64_t kOffset = 1'000'000;

  Buffer buffer;
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(10);
  std::optional<storage::Store> store;
  std::optional<RawRequests> requests;
  const Instant now{seconds(500)};

  void setup() override {
    start(1);
    storage::Commit commit;
    commit.channels = {{{}, ChannelId{1}, "boiler", "Cel", seconds(1)}};
    commit.clocks = {{Instant(seconds(200)), WallTime(seconds(200 + kOffset)), {}, true}};
    for (int i = 0; i < 10; ++i) commit.chunks.push_back(readings(100 + 10 * i));
    CHECK_TRUE(store->commit(commit).ok());
  }
  void start(std::uint8_t run, const char* boot = kBoot) {
    store.reset();
    storage::Options options;
    options.path = buffer.path();
    Result<storage::Store> opened = storage::Store::open(options, run_number(run), boot, now);
    CHECK_TRUE(opened.ok());
    store.emplace(std::move(*opened));
    requests.emplace(*crossings, boot);
    CHECK_TRUE(requests->resume(*store, now).ok());
  }
  static SealedChunk readings(std::int64_t from_s) {
    SealedChunk chunk;
    chunk.channel = ChannelId{1};
    chunk.count = 10;
    chunk.first = Instant(seconds(from_s));
    chunk.last = chunk.first + seconds(9);
    chunk.bytes.assign(20, std::byte{1});
    return chunk;
  }
  static uplink::RawCommand by_wall(const char* id, std::int64_t from_s, std::int64_t to_s) {
    return {
        id, "boiler", {}, {(from_s + kOffset) * 1'000'000'000, (to_s + kOffset) * 1'000'000'000}};
  }
  static uplink::RawCommand by_boot(const char* id, std::int64_t from_s, std::int64_t to_s) {
    return {id, "boiler", run_number(1), {from_s * 1'000'000'000, to_s * 1'000'000'000}};
  }
  void ask(const uplink::RawCommand& command) {
    CHECK_TRUE(crossings->commands.try_push(command));
  }
  std::vector<uplink::CommandAnswer> answers(int steps = 20) {
    for (int i = 0; i < steps; ++i) {
      requests->sealed(now);
      CHECK_TRUE(requests->step(*store, now).ok());
    }
    std::vector<uplink::CommandAnswer> all;
    while (const auto one = crossings->answers.try_pop()) all.push_back(*one);
    return all;
  }
  // The last of them, when the command was accepted.
  uplink::CommandAnswer outcome(const uplink::RawCommand& command) {
    ask(command);
    const std::vector<uplink::CommandAnswer> all = answers();
    CHECK_TRUE(all.size() == 2 && all[0].state == CommandState::kExecuting);
    CHECK_TRUE(all[1].state == CommandState::kSuccessful && all[1].id == command.id);
    return all[1];
  }
  void expect_fault(const uplink::RawCommand& command, CommandFault fault) {
    ask(command);
    const std::vector<uplink::CommandAnswer> all = answers();
    CHECK_TRUE(all.size() == 1 && all[0].state == CommandState::kFailed && all[0].fault == fault);
  }
  std::uint64_t requested() const {
    return (*buffer.reader().waiting())[3].chunks;
  }
};

TEST(RawRequests, promote_what_is_asked_for_by_boot_time) {
  const uplink::CommandAnswer answer = outcome(by_boot("a", 105, 125));
  CHECK_TRUE(answer.chunks == 3 && answer.readings == 30 && requested() == 3);
  CHECK_TRUE(answer.absent.empty());
}

TEST(RawRequests, promote_what_is_asked_for_by_wall_time) {
  const uplink::CommandAnswer answer = outcome(by_wall("a", 105, 125));
  CHECK_TRUE(answer.chunks == 3 && requested() == 3 && answer.boots_without_clock == 0);
}

TEST(RawRequests, say_where_nothing_is_in_the_time_that_was_asked_in) {
  const uplink::CommandAnswer answer = outcome(by_wall("a", 50, 400));
  CHECK_TRUE(answer.chunks == 10);
  CHECK_TRUE(answer.absent.size() == 2);
  CHECK_TRUE(answer.absent[0].from_ns == (50 + kOffset) * 1'000'000'000);
  CHECK_TRUE(answer.absent[0].to_ns == (100 + kOffset) * 1'000'000'000);
  CHECK_TRUE(answer.absent[1].from_ns == (199 + kOffset) * 1'000'000'000);
  CHECK_TRUE(answer.absent[1].to_ns == (400 + kOffset) * 1'000'000'000);
}

TEST(RawRequests, say_so_when_all_is_gone) {
  const std::vector<Chunk> chunks = buffer.chunks(Stream::kRaw);
  CHECK_TRUE(store->acknowledge(ack_of(chunks)).ok());
  const uplink::CommandAnswer answer = outcome(by_boot("a", 105, 125));
  CHECK_TRUE(answer.chunks == 0 && answer.readings == 0 && answer.absent.size() == 1);
}

TEST(RawRequests, the_future_is_not_asked_for) {
  const uplink::CommandAnswer answer = outcome(by_boot("a", 190, 100'000));
  CHECK_TRUE(answer.absent.size() == 1 && answer.absent[0].to_ns == 500'000'000'000);
}

TEST(RawRequests, know_no_time_without_a_clock) {
  start(2, "another-boot");
  storage::Commit commit;
  commit.channels = {{{}, ChannelId{1}, "pump", "bar", seconds(1)}};
  CHECK_TRUE(store->commit(commit).ok());
  uplink::RawCommand command = by_wall("a", 0, 10);
  command.channel = "pump";
  expect_fault(command, CommandFault::kUnknownClock);
}

TEST(RawRequests, count_the_boots_in_which_nobody_knew_the_time) {
  start(2, "another-boot");
  storage::Commit commit;
  commit.channels = {{{}, ChannelId{1}, "boiler", "Cel", seconds(1)}};
  commit.chunks = {readings(0)};
  CHECK_TRUE(store->commit(commit).ok());
  const uplink::CommandAnswer answer = outcome(by_wall("a", 105, 125));
  CHECK_TRUE(answer.chunks == 3 && answer.boots_without_clock == 1);
}

TEST(RawRequests, refuse_what_nobody_knows) {
  uplink::RawCommand command = by_wall("a", 0, 10);
  command.channel = "nothing";
  expect_fault(command, CommandFault::kUnknownChannel);
  command = by_boot("b", 0, 10);
  command.run = run_number(9);
  expect_fault(command, CommandFault::kUnknownRun);
  command = by_boot("c", 0, 10);
  command.channel = "nothing";
  expect_fault(command, CommandFault::kUnknownChannel);
}

TEST(RawRequests, are_done_once_and_answered_each_time) {
  const uplink::CommandAnswer first = outcome(by_boot("a", 105, 125));
  const std::uint64_t promoted = store->totals().promoted;
  // Even if it asks for something else by now.
  ask(by_boot("a", 150, 190));
  const std::vector<uplink::CommandAnswer> again = answers();
  CHECK_TRUE(again.size() == 1 && again[0] == first);
  CHECK_TRUE(store->totals().promoted == promoted && requests->done() == 1);
}

TEST(RawRequests, that_failed_fail_again) {
  uplink::RawCommand command = by_wall("a", 0, 10);
  command.channel = "nothing";
  expect_fault(command, CommandFault::kUnknownChannel);
  expect_fault(command, CommandFault::kUnknownChannel);
  CHECK_TRUE(requests->done() == 1);
}

TEST(RawRequests, are_remembered_over_a_restart) {
  const uplink::CommandAnswer first = outcome(by_boot("a", 105, 125));
  start(2);
  ask(by_boot("a", 105, 125));
  CHECK_TRUE(answers() == std::vector{first});
}

TEST(RawRequests, go_on_after_a_restart) {
  ask(by_boot("a", 105, 125));
  CHECK_TRUE(requests->step(*store, now).ok());
  while (crossings->answers.try_pop()) {
  }
  start(2);
  const std::vector<uplink::CommandAnswer> all = answers();
  CHECK_TRUE(all.size() == 1 && all[0].state == CommandState::kSuccessful && all[0].chunks == 3);
  CHECK_TRUE(requested() == 3);
}

TEST(RawRequests, wait_for_readings_that_are_in_no_chunk_yet) {
  ask(by_boot("a", 105, 10'000));
  CHECK_TRUE(requests->step(*store, now).ok());
  CHECK_TRUE(requests->waits_for_seal() == now);
  requests->sealed(now - seconds(1));
  for (int i = 0; i < 5; ++i) CHECK_TRUE(requests->step(*store, now).ok());
  CHECK_TRUE(requested() == 0);
  CHECK_TRUE(answers().back().state == CommandState::kSuccessful);
  CHECK_FALSE(requests->waits_for_seal().has_value());
}

TEST(RawRequests, have_a_bound) {
  for (std::size_t i = 0; i < RawRequests::kJobsMax; ++i) {
    ask(by_boot(std::to_string(i).c_str(), 105, 10'000));
    CHECK_TRUE(requests->step(*store, now).ok());
  }
  while (crossings->answers.try_pop()) {
  }
  ask(by_boot("one-more", 105, 10'000));
  CHECK_TRUE(requests->step(*store, now).ok());
  const auto answer = crossings->answers.try_pop();
  CHECK_TRUE(answer->state == CommandState::kFailed && answer->fault == CommandFault::kBusy);
  // It was not remembered: it may come again.
  CHECK_FALSE(store->find_request("one-more")->has_value());
}

TEST(RawRequests, lose_nothing_when_the_buffer_cannot_be_written) {
  ask(by_boot("a", 105, 125));
  {
    const Intruder intruder(buffer.path());
    CHECK_FALSE(requests->step(*store, now).ok());
  }
  CHECK_TRUE(answers().back().state == CommandState::kSuccessful);
}

TEST(RawRequests, tell_sixteen_holes_at_most_and_the_last_reaches_to_the_end) {
  storage::Commit commit;
  for (int i = 0; i < 40; ++i) commit.chunks.push_back(readings(200 + 20 * i));
  CHECK_TRUE(store->commit(commit).ok());
  RawRequests later(*crossings, "elsewhere");
  ask(by_boot("a", 200, 2'000));
  for (int i = 0; i < 20; ++i) CHECK_TRUE(later.step(*store, now).ok());
  static_cast<void>(crossings->answers.try_pop());
  const auto answer = crossings->answers.try_pop();
  CHECK_TRUE(answer->chunks == 40 && answer->absent.size() == uplink::kAbsentMax);
  CHECK_TRUE(answer->absent.front().from_ns == 209'000'000'000);
  CHECK_TRUE(answer->absent.back().to_ns == 2'000'000'000'000);
}
