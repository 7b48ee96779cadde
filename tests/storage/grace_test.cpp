#include "storage/grace.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include "core/question.hpp"
#include "storage/settlement.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

#define kKept                                                    \
  "NOT EXISTS (SELECT 1 FROM pending WHERE lane BETWEEN 0 AND 5" \
  " AND pending.position = chunk.position)"

// Raw chunks 1 to 10 of run 1, with 10 readings each.
TEST_GROUP(Grace) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
    for (int i = 0; i < 10; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10)}).ok());
  }
  AckOutcome acknowledge(const Ack& ack) {
    const Result<AckOutcome> outcome = buffer.store().acknowledge(ack);
    CHECK_TRUE(outcome.ok());
    check_books();
    return *outcome;
  }
  void check_books() {
    CHECK_TRUE(balances(buffer.store().totals()));
    CHECK_TRUE(buffer.store().audit().ok());
    CHECK_TRUE(buffer.lanes_are_exact());
  }
  Question ask(Stream stream = Stream::kRaw, std::uint8_t run = 1) {
    const auto question = buffer.reader().question(run_number(run), stream, 1, 256);
    CHECK_TRUE(question.ok() && question->has_value());
    return **question;
  }
  AckOutcome answer(const Question& question, std::vector<Interval> held,
                    std::vector<Interval> resolved = {}) {
    Answered answered{question,
                      {question.run, question.stream, std::move(held), std::move(resolved)}};
    answered.ack.answer = Answer{question.number, question.last};
    const Result<AckOutcome> outcome = buffer.store().acknowledge(answered);
    CHECK_TRUE(outcome.ok());
    check_books();
    return *outcome;
  }
  std::uint64_t kept() {
    return buffer.store().totals().kept_chunks;
  }
  std::int64_t count(const char* sql) {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kRead);
    return connection->integer(sql)->value_or(-1);
  }
};

TEST(Grace, keeps_what_the_collector_holds) {
  acknowledge(ack_of({buffer.held(1, 4)}));
  CHECK_TRUE(kept() == 4);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{5, 6, 7, 8, 9, 10}));
  CHECK_TRUE(buffer.store().totals().delivered == 40);
  // It is still there for whoever looks for it by time.
  Bookmark bookmark;
  const TimeRange all{run_number(1), Stream::kRaw, ChannelId{1}, Instant::min(), Instant::max()};
  CHECK_TRUE(buffer.reader().range(all, bookmark, 100'000)->chunks.size() == 10);
}

TEST(Grace, asks_about_what_is_not_settled) {
  acknowledge(ack_of({buffer.held(2, 4), buffer.held(7, 7)}));
  const Question question = ask();
  CHECK_TRUE(question.first == 1 && question.last == 10);
  CHECK_TRUE((question.unsettled == std::vector<Interval>{{1, 1, 0}, {5, 6, 0}, {8, 10, 0}}));
  // With room for two ranges the third has a question of its own.
  const auto part = buffer.reader().question(run_number(1), Stream::kRaw, 1, 2);
  CHECK_TRUE((*part)->last == 7 && (*part)->unsettled.size() == 2);
  const auto rest = buffer.reader().question(run_number(1), Stream::kRaw, 8, 2);
  CHECK_TRUE((*rest)->last == 10 && (*rest)->unsettled.size() == 1);
  CHECK_FALSE(buffer.reader().question(run_number(1), Stream::kRaw, 11, 2)->has_value());
  CHECK_FALSE(buffer.reader().question(run_number(9), Stream::kRaw, 1, 2)->has_value());
}

TEST(Grace, sends_again_what_the_collector_has_lost) {
  acknowledge(ack_of({buffer.held(1, 10)}));
  const AckOutcome outcome = answer(ask(), {buffer.held(1, 3), buffer.held(8, 10)});
  CHECK_FALSE(outcome.refused);
  CHECK_TRUE(outcome.returned_chunks == 4 && outcome.missing_keys == 0);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{4, 5, 6, 7}));
  CHECK_TRUE(buffer.store().totals().delivered == 60 && buffer.store().totals().pending == 40);
  // And settles it once more: what is left of the sum is known.
  CHECK_FALSE(acknowledge(ack_of({buffer.held(1, 10)})).refused);
  CHECK_TRUE(buffer.pending().empty() && kept() == 10);
}

TEST(Grace, declares_what_is_erased_and_lost) {
  acknowledge(ack_of({buffer.held(1, 10)}));
  buffer.erase_kept();
  const AckOutcome outcome = answer(ask(), {buffer.held(1, 3), buffer.held(8, 10)});
  CHECK_TRUE(outcome.returned_chunks == 0 && outcome.missing_keys == 4);
  const std::vector<Missing> missing = *buffer.store().missing();
  CHECK_TRUE(missing.size() == 1);
  CHECK_TRUE(missing[0].reason == GapReason::kCollectorRollback);
  CHECK_TRUE(missing[0].first_seq == 4 && missing[0].last_seq == 7);
  CHECK_TRUE(buffer.store().declare(missing, chunk_of(Stream::kEvent, 1)).ok());
  // Settled once the collector says so; the sums of what it kept were told by its answer.
  CHECK_TRUE(ask().unsettled.size() == 1);
  CHECK_FALSE(acknowledge(ack_of({buffer.held(1, 3), buffer.held(8, 10)}, {{4, 7, 0}})).refused);
  CHECK_TRUE(ask().unsettled.empty());
}

TEST(Grace, declares_again_what_a_lost_gap_record_had_resolved) {
  CHECK_TRUE(buffer.drop_raw(2, 3, 20).ok());
  acknowledge(ack_of({buffer.held(1, 1)}, {{2, 3, 0}}));
  const AckOutcome outcome = answer(ask(), {buffer.held(1, 1)});
  CHECK_TRUE(outcome.missing_keys == 2 && outcome.returned_chunks == 0);
}

TEST(Grace, takes_a_late_acknowledgement_for_no_loss) {
  const Ack early = ack_of({buffer.held(1, 2)});
  CHECK_FALSE(acknowledge(early).holds_less);
  CHECK_FALSE(acknowledge(ack_of({buffer.held(1, 10)})).holds_less);
  const AckOutcome outcome = acknowledge(early);
  CHECK_TRUE(outcome.holds_less && outcome.returned_chunks == 0 && outcome.missing_keys == 0);
  CHECK_TRUE(buffer.pending().empty());
}

TEST(Grace, takes_nothing_for_lost_that_was_settled_after_the_question) {
  const Question question = ask();
  acknowledge(ack_of({buffer.held(1, 10)}));
  const AckOutcome outcome = answer(question, {});
  CHECK_TRUE(outcome.returned_chunks == 0 && outcome.missing_keys == 0);
  CHECK_TRUE(buffer.pending().empty());
}

TEST(Grace, believes_the_pieces_of_an_answer_one_by_one) {
  Interval wrong = buffer.held(4, 5);
  ++wrong.check;
  const AckOutcome outcome = answer(ask(), {buffer.held(1, 2), wrong, buffer.held(7, 7)});
  CHECK_TRUE(outcome.refused && outcome.settled_chunks == 3);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{3, 4, 5, 6, 8, 9, 10}));
}

TEST(Grace, refuses_an_answer_beyond_what_was_given) {
  const Question question = ask();
  CHECK_TRUE(answer(question, {buffer.held(1, 2), {11, 12, 0}}).refused);
  Question other = question;
  other.last = 11;
  CHECK_TRUE(answer(other, {buffer.held(1, 2)}).refused);
  CHECK_TRUE(buffer.pending().size() == 10);
}

TEST(Grace, a_loss_of_many_is_taken_bit_by_bit) {
  for (int i = 0; i < 25; ++i) {
    CHECK_TRUE(buffer.commit(std::vector<SealedChunk>(100, chunk_of(Stream::kRaw, 10, 10))).ok());
  }
  const Ack all = ack_of({buffer.held(1, 2510)});
  while (acknowledge(all).unfinished) continue;
  CHECK_TRUE(kept() == 2510);
  const Question question = ask();
  AckOutcome outcome = answer(question, {});
  CHECK_TRUE(outcome.unfinished && outcome.returned_chunks <= kSettledChunksMax);
  while (outcome.unfinished) outcome = answer(question, {});
  CHECK_TRUE(kept() == 0 && buffer.pending().size() == 2510);
}

TEST(Grace, goes_before_anything_that_is_pending) {
  acknowledge(ack_of({buffer.held(9, 10)}));
  buffer.stop();
  buffer.options.quota_bytes = 0;
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(kept() == 2);
  CHECK_TRUE(buffer.store().make_room().ok());
  CHECK_TRUE(kept() == 0);
  check_books();
}

TEST(Grace, has_no_more_than_its_share_and_the_oldest_go_first) {
  buffer.stop();
  buffer.options.quota_bytes = 4 * 1024 * 1024;
  CHECK_TRUE(buffer.start(2).ok());
  for (std::uint64_t seq = 1; seq <= 300; ++seq) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10, 5'000)}).ok());
    acknowledge(ack_of({buffer.held(seq, seq, 2)}, {}, 2));
    CHECK_TRUE(buffer.store().make_room()->empty());
    CHECK_TRUE(buffer.store().totals().kept_bytes <= grace_bytes_max(buffer.options) + 5'000);
  }
  CHECK_TRUE(buffer.store().totals().kept_bytes > grace_bytes_max(buffer.options) * 3 / 4);
  CHECK_TRUE(buffer.pending() == (std::vector<std::uint64_t>{1, 2, 3, 4, 5, 6, 7, 8, 9, 10}));
  CHECK_TRUE(count("SELECT max(seq) FROM chunk WHERE " kKept) == 300);
  CHECK_TRUE(count("SELECT max(seq) - min(seq) + 1 - count(*) FROM chunk WHERE " kKept) == 0);
}

TEST(Grace, a_gap_record_stays_until_what_it_declares_is_settled) {
  CHECK_TRUE(buffer.drop_raw(1, 2, 20).ok());
  acknowledge(ack_of({buffer.held(1, 1, 1, Stream::kEvent)}, {}, 1, Stream::kEvent));
  buffer.stop();
  buffer.options.quota_bytes = 0;
  CHECK_TRUE(buffer.start(2).ok());
  for (int i = 0; i < 10; ++i) CHECK_TRUE(buffer.store().make_room().ok());
  CHECK_TRUE(kept() == 1);
  acknowledge(ack_of({}, {{1, 2, 0}}));
  for (int i = 0; i < 10; ++i) CHECK_TRUE(buffer.store().make_room().ok());
  CHECK_TRUE(kept() == 0);
}

TEST(Grace, an_earlier_run_is_closed_once_nothing_of_it_is_kept) {
  CHECK_TRUE(buffer.end_run().ok());
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  acknowledge(ack_of({buffer.held(1, 9)}));
  CHECK_TRUE(buffer.store().settled_runs()->empty());
  acknowledge(ack_of({buffer.held(1, 10)}));
  CHECK_TRUE(buffer.store().settled_runs()->empty());
  SettledRun early{run_number(1), {{Stream::kRaw, 10}}};
  CHECK_TRUE(failed_with(buffer.store().close({&early, 1}, chunk_of(Stream::kEvent, 1)),
                         ErrorCode::kInvalid));
  CHECK_TRUE(buffer.pending(Stream::kEvent).empty());
}

TEST(Grace, has_something_of_the_last_runs_only) {
  for (std::uint8_t run = 2; run <= 12; ++run) {
    CHECK_TRUE(buffer.end_run().ok());
    buffer.stop();
    CHECK_TRUE(buffer.start(run).ok());
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10)}).ok());
    acknowledge(ack_of({buffer.held(1, 1, run)}, {}, run));
  }
  acknowledge(ack_of({buffer.held(1, 10)}));
  for (int i = 0; i < 10; ++i) CHECK_TRUE(buffer.store().make_room().ok());
  CHECK_TRUE(count("SELECT count(DISTINCT run) FROM chunk WHERE " kKept) == kEarlierRunsKept + 1);
  const std::vector<SettledRun> settled = *buffer.store().settled_runs();
  CHECK_TRUE(settled.size() == 3 && settled[0].run == run_number(1));
}

// The card is what wears out. Half a minute of sixteen channels, sealed and acknowledged, wrote
// 63.9 KB to the log when what was delivered was erased at once. Keeping it writes no bytes of it
// anew, but the database is larger: deeper trees, and free pages that lie apart.
TEST(Grace, writes_little_more_than_erasing_at_once) {
  buffer.stop();
  buffer.options.quota_bytes = 4 * 1024 * 1024;
  CHECK_TRUE(buffer.start(2).ok());
  constexpr int kFill = 400;
  constexpr int kCounted = 60;
  std::uint64_t before = 0;
  Interval all{1, 0, 0};
  for (int cycle = 0; cycle < kFill + kCounted; ++cycle) {
    if (cycle == kFill) before = buffer.store().written().log;
    if (cycle >= kFill - 10) {
      for (int second = 0; second < 29; ++second) CHECK_TRUE(buffer.commit_frame(16).ok());
    }
    Commit seal;
    seal.drop_frames = true;
    for (std::uint16_t channel = 0; channel < 16; ++channel) {
      seal.chunks.push_back(chunk_of(Stream::kRaw, 30, 150, cycle * 30'000'000'000 + channel));
      seal.chunks.back().channel = ChannelId{channel};
    }
    CHECK_TRUE(buffer.store().commit(seal).ok());
    static_cast<void>(buffer.learn());
    all.check += buffer.held(all.last + 1, all.last + 16, 2).check;
    all.last += 16;
    CHECK_TRUE(buffer.store().acknowledge(ack_of({all}, {}, 2)).ok());
    CHECK_TRUE(buffer.store().make_room().ok());
  }
  CHECK_TRUE(buffer.store().totals().kept_bytes > 900'000);
  CHECK_TRUE((buffer.store().written().log - before) / kCounted < 80'000);
}
