#include "storage/settlement.hpp"

#include <cstdint>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

// Raw chunks 1 to 10 of run 1, with 10 readings each.
TEST_GROUP(Settlement) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
    for (int i = 0; i < 10; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10)}).ok());
  }

  AckOutcome acknowledge(const Ack& ack) {
    const Result<AckOutcome> outcome = buffer.store().acknowledge(ack);
    CHECK_TRUE(outcome.ok());
    CHECK_TRUE(balances(buffer.store().totals()));
    return *outcome;
  }
  void check_settled(std::uint64_t chunks, const Ack& ack) {
    const AckOutcome outcome = acknowledge(ack);
    CHECK_FALSE(outcome.refused);
    CHECK_TRUE(outcome.settled_chunks == chunks);
    CHECK_TRUE(outcome.settled_readings == 10 * chunks);
  }
  void check_refused(const Ack& ack) {
    const std::vector<std::uint64_t> before = buffer.pending();
    const AckOutcome outcome = acknowledge(ack);
    CHECK_TRUE(outcome.refused);
    CHECK_TRUE(outcome.settled_chunks == 0);
    CHECK_TRUE(buffer.pending() == before);
  }
};

TEST(Settlement, removes_exactly_the_keys_that_are_held) {
  check_settled(4, ack_of({buffer.held(2, 4), buffer.held(7, 7)}));
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{1, 5, 6, 8, 9, 10}));
  CHECK_TRUE(buffer.store().totals().delivered == 40);
}

TEST(Settlement, the_same_again_is_no_news) {
  check_settled(3, ack_of({buffer.held(2, 4)}));
  check_settled(0, ack_of({buffer.held(2, 4)}));
}

TEST(Settlement, a_long_one_is_settled_bit_by_bit) {
  for (int i = 0; i < 5; ++i) {
    CHECK_TRUE(buffer.commit(std::vector<SealedChunk>(500, chunk_of(Stream::kRaw, 10, 10))).ok());
  }
  const Ack all = ack_of({buffer.held(1, 5), buffer.held(7, 2'510)});
  AckOutcome outcome = acknowledge(all);
  std::uint64_t settled = 0;
  for (; outcome.unfinished; outcome = acknowledge(all)) {
    CHECK_TRUE(outcome.settled_chunks == kSettledChunksMax);
    settled += outcome.settled_chunks;
  }
  CHECK_TRUE(settled + outcome.settled_chunks == 2'509);
  CHECK_TRUE(buffer.pending() == std::vector<std::uint64_t>{6});
}

TEST(Settlement, a_later_snapshot_says_the_same_and_more) {
  check_settled(3, ack_of({buffer.held(1, 1), buffer.held(3, 4)}));
  check_settled(2, ack_of({buffer.held(1, 5)}));
  check_settled(5, ack_of({buffer.held(1, 10)}));
  CHECK_TRUE(buffer.pending().empty());
}

TEST(Settlement, a_stale_snapshot_is_no_error) {
  check_settled(8, ack_of({buffer.held(1, 8)}));
  check_settled(0, ack_of({buffer.held(2, 3), buffer.held(5, 8)}));
  check_settled(0, ack_of({}));
}

TEST(Settlement, a_collector_rolled_back_deletes_nothing_of_the_past) {
  check_settled(6, ack_of({buffer.held(1, 6)}));
  check_settled(2, ack_of({buffer.held(1, 4), buffer.held(8, 9)}));
}

TEST(Settlement, survives_a_power_cut) {
  check_settled(3, ack_of({buffer.held(1, 3)}));
  buffer.lose_power();
  CHECK_TRUE(buffer.start(2).ok());
  check_settled(2, ack_of({buffer.held(1, 5)}));
}

TEST(Settlement, refuses_a_run_it_does_not_know) {
  check_refused(ack_of({buffer.held(1, 1)}, {}, 9));
  check_refused(ack_of({}, {}, 9));
}

TEST(Settlement, refuses_a_stream_that_has_no_keys) {
  check_refused(ack_of({buffer.held(1, 1)}, {}, 1, Stream::kRollup));
}

TEST(Settlement, refuses_keys_that_were_never_given) {
  check_refused(ack_of({{11, 11, 0}}));
  Interval beyond = buffer.held(1, 10);
  beyond.last = 11;
  check_refused(ack_of({beyond}));
  beyond.last = ~std::uint64_t{0};
  check_refused(ack_of({beyond}));
  check_refused(ack_of({}, {{11, 11, 0}}));
}

TEST(Settlement, refuses_a_wrong_check) {
  Interval wrong = buffer.held(2, 4);
  ++wrong.check;
  check_refused(ack_of({wrong}));
  check_refused(ack_of({{1, 3, buffer.held(2, 4).check}}));
}

TEST(Settlement, refuses_a_wrong_check_of_what_was_settled_before) {
  check_settled(3, ack_of({buffer.held(2, 4)}));
  Interval wrong = buffer.held(2, 4);
  ++wrong.check;
  check_refused(ack_of({wrong}));
}

TEST(Settlement, refuses_the_whole_for_one_wrong_interval) {
  Interval wrong = buffer.held(6, 7);
  ++wrong.check;
  check_refused(ack_of({buffer.held(1, 3), wrong}));
  check_refused(ack_of({buffer.held(1, 3)}, {{5, 5, 0}}));
}

TEST(Settlement, refuses_intervals_out_of_order) {
  check_refused(ack_of({buffer.held(5, 6), buffer.held(1, 2)}));
  check_refused(ack_of({buffer.held(1, 3), buffer.held(3, 4)}));
  check_refused(ack_of({{4, 2, 0}}));
  check_refused(ack_of({{0, 1, buffer.held(1, 1).check}}));
}

TEST(Settlement, refuses_a_key_both_held_and_resolved) {
  CHECK_TRUE(buffer.drop_raw(1, 3, 30).ok());
  check_refused(ack_of({buffer.held(1, 3)}, {{3, 3, 0}}));
}

TEST(Settlement, refuses_to_resolve_a_pending_key) {
  CHECK_TRUE(buffer.drop_raw(1, 2, 20).ok());
  check_refused(ack_of({}, {{1, 3, 0}}));
}

TEST(Settlement, refuses_a_check_on_resolved_keys) {
  CHECK_TRUE(buffer.drop_raw(1, 2, 20).ok());
  check_refused(ack_of({}, {{1, 2, 1}}));
}

TEST(Settlement, refuses_what_cuts_through_the_past_and_goes_beyond) {
  check_settled(6, ack_of({buffer.held(1, 6)}));
  check_refused(ack_of({buffer.held(4, 8)}));
}

TEST(Settlement, a_dropped_chunk_is_settled_by_its_gap_record) {
  CHECK_TRUE(buffer.drop_raw(1, 3, 30).ok());
  CHECK_TRUE(buffer.store().totals().dropped == 30);
  check_settled(3, ack_of({}, {{1, 3, 0}}));
  CHECK_TRUE(buffer.store().totals().dropped == 30);
  CHECK_TRUE(buffer.store().totals().delivered == 0);
}

TEST(Settlement, a_dropped_chunk_that_arrived_before_is_delivered) {
  CHECK_TRUE(buffer.drop_raw(1, 3, 30).ok());
  check_settled(3, ack_of({buffer.held(2, 2)}, {{1, 1, 0}, {3, 3, 0}}));
  CHECK_TRUE(buffer.store().totals().delivered == 10);
  CHECK_TRUE(buffer.store().totals().dropped == 20);
}

TEST(Settlement, resolved_keys_may_come_in_any_pieces) {
  CHECK_TRUE(buffer.drop_raw(1, 4, 40).ok());
  check_settled(2, ack_of({}, {{2, 3, 0}}));
  check_settled(2, ack_of({}, {{1, 4, 0}}));
  check_settled(0, ack_of({}, {{3, 4, 0}}));
}

TEST(Settlement, held_keys_grow_around_resolved_ones) {
  CHECK_TRUE(buffer.drop_raw(5, 5, 10).ok());
  check_settled(10 - 4, ack_of({buffer.held(1, 4), buffer.held(6, 6)}, {{5, 5, 0}}));
  check_settled(4, ack_of({buffer.held(1, 4), buffer.held(6, 10)}, {{5, 5, 0}}));
}

TEST(Settlement, a_resolved_key_that_turns_up_at_a_collector_rolled_back_is_believed) {
  CHECK_TRUE(buffer.drop_raw(5, 5, 10).ok());
  check_settled(1, ack_of({}, {{5, 5, 0}}));
  check_settled(9, ack_of({buffer.held(1, 10)}));
}

TEST(Settlement, a_held_key_that_is_resolved_at_a_collector_rolled_back_is_believed) {
  CHECK_TRUE(buffer.drop_raw(5, 6, 20).ok());
  check_settled(1, ack_of({buffer.held(5, 5)}));
  check_settled(1, ack_of({}, {{5, 6, 0}}));
  check_settled(4, ack_of({buffer.held(1, 4)}, {{5, 6, 0}}));
}

TEST(Settlement, refuses_to_resolve_what_no_gap_record_tells_of) {
  Drop drop;
  drop.run = run_number(1);
  drop.first_seq = 1;
  drop.last_seq = 2;
  drop.readings = 20;
  CHECK_TRUE(buffer.store().drop(drop).ok());
  check_refused(ack_of({}, {{1, 2, 0}}));
}

TEST(Settlement, a_dropped_chunk_that_arrived_needs_no_gap_record) {
  Drop drop;
  drop.run = run_number(1);
  drop.first_seq = 1;
  drop.last_seq = 3;
  drop.readings = 30;
  CHECK_TRUE(buffer.store().drop(drop).ok());
  check_settled(2, ack_of({buffer.held(1, 2)}));
  CHECK_TRUE(buffer.store().totals().dropped == 10);
  CHECK_TRUE(buffer.store().totals().undeclared == 10);
  const auto undeclared = buffer.store().undeclared();
  CHECK_TRUE(undeclared.ok() && undeclared->size() == 1);
  CHECK_TRUE(undeclared->front().first_seq == 3 && undeclared->front().readings == 10);
}

TEST(Settlement, knows_the_checksum_of_each_dropped_chunk) {
  CHECK_TRUE(buffer.drop_raw(2, 9, 80).ok());
  Interval wrong = buffer.held(4, 5);
  ++wrong.check;
  check_refused(ack_of({wrong}));
  check_settled(2, ack_of({buffer.held(4, 5)}));
  check_settled(1, ack_of({buffer.held(4, 5), buffer.held(9, 9)}));
  check_settled(4, ack_of({buffer.held(3, 8)}));
}

// Somebody else had sent other bytes under key 3: the sums of the collector are of those.
TEST(Settlement, a_refused_chunk_is_settled_and_its_neighbours_can_be) {
  const auto own = static_cast<std::uint32_t>(buffer.held(3, 3).check);
  const std::uint32_t standing = own + 1;
  Ack ack = ack_of({{1, 4, buffer.held(1, 4).check + 1}});
  check_refused(ack);
  ack.refusals = {{3, own, standing}};
  check_settled(4, ack);
  ack.held[0] = {1, 5, buffer.held(1, 5).check + 1};
  check_settled(1, ack);
}

TEST(Settlement, a_refusal_is_believed_by_itself) {
  Ack ack = ack_of({{1, 4, 77}});
  ack.refusals = {{3, static_cast<std::uint32_t>(buffer.held(3, 3).check), 5}};
  const AckOutcome outcome = acknowledge(ack);
  CHECK_TRUE(outcome.refused);
  CHECK_TRUE(outcome.settled_chunks == 1);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{1, 2, 4, 5, 6, 7, 8, 9, 10}));
}

TEST(Settlement, a_refusal_of_other_bytes_than_ours_settles_nothing) {
  Ack ack = ack_of({});
  for (const std::uint64_t seq : {0ULL, 3ULL, 99ULL}) ack.refusals.push_back({seq, 1, 2});
  check_settled(0, ack);
}

// As after the roll-back of a disk: the collector knows a gap record that nobody here does.
TEST(Settlement, a_pending_chunk_that_a_gap_resolved_counts_as_dropped) {
  Ack ack = ack_of({}, {{3, 3, 0}});
  ack.refusals = {{3, static_cast<std::uint32_t>(buffer.held(3, 3).check), std::nullopt}};
  check_settled(1, ack);
  CHECK_TRUE(buffer.store().totals().dropped == 10);
  CHECK_TRUE(buffer.store().totals().delivered == 0);
}

TEST(Settlement, a_dropped_chunk_that_is_refused_needs_no_gap_record) {
  Drop drop;
  drop.run = run_number(1);
  drop.first_seq = drop.last_seq = 3;
  drop.readings = 10;
  CHECK_TRUE(buffer.store().drop(drop).ok());
  Ack ack = ack_of({});
  ack.refusals = {{3, static_cast<std::uint32_t>(buffer.held(3, 3).check), std::nullopt}};
  acknowledge(ack);
  CHECK_TRUE(buffer.store().totals().undeclared == 0);
  CHECK_TRUE(buffer.store().totals().dropped == 10);
}
