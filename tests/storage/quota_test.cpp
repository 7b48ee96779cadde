#include "storage/quota.hpp"

#include <cstdint>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(Quota) {
  Buffer buffer;

  void start(std::uint64_t quota_bytes) {
    buffer.options.quota_bytes = quota_bytes;
    CHECK_TRUE(buffer.start(1).ok());
  }
  void start_again() {
    CHECK_TRUE(buffer.start(2).ok());
  }
  std::vector<Drop> make_room() {
    const Result<std::vector<Drop>> drops = buffer.store().make_room();
    CHECK_TRUE(drops.ok());
    CHECK_TRUE(balances(buffer.store().totals()));
    return *drops;
  }
  // Drops what has to go; the stream of each piece, in order.
  std::vector<Stream> drop_all() {
    std::vector<Stream> streams;
    for (std::vector<Drop> drops = make_room(); !drops.empty(); drops = make_room()) {
      for (const Drop& drop : drops) streams.push_back(drop.stream);
      CHECK_TRUE(streams.size() < 1'000);
    }
    return streams;
  }
  std::vector<Drop> undeclared() {
    const Result<std::vector<Drop>> drops = buffer.store().undeclared();
    CHECK_TRUE(drops.ok());
    return *drops;
  }
  Result<> declare(std::vector<Drop> drops) {
    return buffer.store().declare(drops, chunk_of(Stream::kEvent, 1));
  }
};

TEST(Quota, nothing_has_to_go_while_it_holds) {
  start(1024 * 1024);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 1'000)}).ok());
  CHECK_TRUE(make_room().empty());
}

TEST(Quota, the_oldest_go_first_and_no_more_than_need_be) {
  constexpr std::uint64_t kQuotaBytes = 1024 * 1024;
  start(kQuotaBytes);
  std::vector<Drop> drops;
  for (int i = 0; i < 500 && drops.empty(); ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}).ok());
    drops = make_room();
  }
  CHECK_TRUE(drops.size() == 1);
  const Drop& drop = drops.front();
  CHECK_TRUE(drop.run == run_number(1));
  CHECK_TRUE(drop.first_seq == 1);
  CHECK_TRUE(drop.last_seq < 20);
  CHECK_TRUE(drop.readings == 10 * drop.last_seq);
  CHECK_TRUE(drop.first == instant_from_ns(0));
  CHECK_TRUE(drop.last == instant_from_ns(10));
  CHECK_TRUE(drop.reason == GapReason::kQuota);
  drop_all();
  CHECK_TRUE(buffer.store().totals().bytes <= kQuotaBytes);
  CHECK_TRUE(buffer.pending().front() == drop.last_seq + 1);
}

TEST(Quota, a_long_outage_stays_within_it) {
  constexpr std::uint64_t kQuotaBytes = 1024 * 1024;
  start(kQuotaBytes);
  for (int i = 0; i < 250; ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 10'000)}).ok());
    drop_all();
    CHECK_TRUE(buffer.store().totals().bytes <= kQuotaBytes);
  }
  CHECK_TRUE(buffer.store().totals().stored == 2'500);
  CHECK_TRUE(buffer.store().totals().dropped > 1'000);
}

TEST(Quota, raw_goes_before_rollups_and_events_go_last) {
  start(0);
  CHECK_TRUE(buffer
                 .commit({chunk_of(Stream::kEvent, 1), chunk_of(Stream::kRollup, 1),
                          chunk_of(Stream::kRejected, 1), chunk_of(Stream::kRaw, 1)})
                 .ok());
  CHECK_TRUE((drop_all() == std::vector<Stream>{Stream::kRaw, Stream::kRejected, Stream::kRollup,
                                                Stream::kEvent}));
}

TEST(Quota, a_gap_record_is_never_dropped) {
  start(0);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(drop_all().size() == 1);
  CHECK_TRUE(declare(undeclared()).ok());
  CHECK_TRUE(drop_all().empty());
  CHECK_TRUE(buffer.pending(Stream::kEvent) == std::vector<std::uint64_t>{1});
  Drop gap;
  gap.run = run_number(1);
  gap.stream = Stream::kEvent;
  gap.first_seq = gap.last_seq = 1;
  CHECK_TRUE(failed_with(buffer.store().drop(gap), ErrorCode::kInvalid));
}

TEST(Quota, a_piece_is_bounded) {
  start(0);
  for (int i = 0; i < 600; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1, 5)}).ok());
  CHECK_TRUE(make_room().front().last_seq == kDropChunksMax);
}

TEST(Quota, a_piece_has_no_settled_keys_inside) {
  start(0);
  for (int i = 0; i < 5; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(3, 3)})).ok());
  CHECK_TRUE(make_room().front().last_seq == 2);
}

TEST(Quota, drops_that_touch_are_one_gap) {
  start(0);
  for (int i = 0; i < 1'200; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 2, 5, i)}).ok());
  drop_all();
  const std::vector<Drop> drops = undeclared();
  CHECK_TRUE(drops.size() == 1);
  CHECK_TRUE(drops.front().first_seq == 1 && drops.front().last_seq == 1'200);
  CHECK_TRUE(drops.front().readings == 2'400);
  CHECK_TRUE(drops.front().first == instant_from_ns(0));
  CHECK_TRUE(drops.front().last == instant_from_ns(1'201));
  CHECK_TRUE(buffer.store().totals().undeclared == 2'400);
  CHECK_TRUE(buffer.store().totals().undeclared_chunks == 1'200);
  CHECK_TRUE(declare(drops).ok());
  CHECK_TRUE(undeclared().empty());
  CHECK_TRUE(buffer.store().totals().undeclared_chunks == 0);
  CHECK_TRUE(buffer.store().totals().dropped == 2'400);
}

TEST(Quota, drops_of_other_runs_streams_and_reasons_are_gaps_of_their_own) {
  start(0);
  CHECK_TRUE(buffer
                 .commit({chunk_of(Stream::kRaw, 1), chunk_of(Stream::kRaw, 1),
                          chunk_of(Stream::kRollup, 1)})
                 .ok());
  Drop damaged;
  damaged.run = run_number(1);
  damaged.first_seq = damaged.last_seq = 2;
  damaged.readings = 1;
  damaged.reason = GapReason::kMediaLoss;
  CHECK_TRUE(buffer.store().drop(damaged).ok());
  drop_all();
  buffer.lose_power();
  start_again();
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  drop_all();
  const std::vector<Drop> drops = undeclared();
  CHECK_TRUE(drops.size() == 4);
  CHECK_TRUE(drops[0].stream == Stream::kRollup);
  CHECK_TRUE(drops[1].reason == GapReason::kQuota && drops[1].last_seq == 1);
  CHECK_TRUE(drops[2].reason == GapReason::kMediaLoss && drops[2].first_seq == 2);
  CHECK_TRUE(drops[3].run == run_number(2));
}

TEST(Quota, a_drop_nobody_was_told_of_survives_a_power_cut) {
  start(0);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 7)}).ok());
  drop_all();
  buffer.lose_power();
  start_again();
  CHECK_TRUE(undeclared().size() == 1);
  CHECK_TRUE(undeclared().front().run == run_number(1));
  CHECK_TRUE(undeclared().front().readings == 7);
}

TEST(Quota, a_declaration_that_finds_no_room_declares_nothing) {
  start(0);
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  drop_all();
  const std::vector<Drop> drops = undeclared();
  const SealedChunk gap = chunk_of(Stream::kEvent, 1, 2'000'000);  // more than there is room for
  CHECK_TRUE(failed_with(buffer.store().declare(drops, gap), ErrorCode::kFull));
  CHECK_TRUE(undeclared().size() == 1);
  CHECK_TRUE(declare(drops).ok());
}

TEST(Quota, only_what_is_dropped_and_undeclared_can_be_declared) {
  start(0);
  for (int i = 0; i < 3; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  CHECK_TRUE(buffer.drop_raw(1, 1, 1).ok());
  Drop drop;
  drop.run = run_number(1);
  drop.readings = 1;
  for (const std::uint64_t seq : {1U, 2U, 9U}) {  // declared, pending, never given
    drop.first_seq = drop.last_seq = seq;
    CHECK_TRUE(failed_with(declare({drop}), ErrorCode::kInvalid));
  }
  drop.run = run_number(9);
  CHECK_TRUE(failed_with(declare({drop}), ErrorCode::kInvalid));
  CHECK_TRUE(buffer.pending(Stream::kEvent).size() == 1);
}

TEST(Quota, what_is_not_pending_cannot_be_dropped) {
  start(0);
  for (int i = 0; i < 3; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
  Drop all;
  all.run = run_number(1);
  all.first_seq = 1;
  all.last_seq = 3;
  all.readings = 3;
  const auto refused = [&](auto change) {
    Drop wrong = all;
    change(wrong);
    return failed_with(buffer.store().drop(wrong), ErrorCode::kInvalid);
  };
  CHECK_TRUE(refused([](Drop& wrong) { wrong.run = run_number(9); }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.stream = Stream::kRollup; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.first_seq = 0; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.last_seq = 4; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.first_seq = 4; }));
  CHECK_TRUE(refused([](Drop& wrong) { wrong.readings = 2; }));
  CHECK_TRUE(buffer.store().drop(all).ok());
  CHECK_TRUE(failed_with(buffer.store().drop(all), ErrorCode::kInvalid));
  CHECK_TRUE(buffer.store().totals().dropped == 3);
}
