#include "storage/closed_table.hpp"

#include <cstdint>
#include <utility>
#include <vector>

#include "core/question.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

// Run 1 is over: it gave raw chunks 1 and 2, the collector has both, and nothing is kept. Run 2 has
// begun.
TEST_GROUP(ClosedTable) {
  Buffer buffer;
  const SettledRun first{run_number(1), {{Stream::kRaw, 2}}};

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5), chunk_of(Stream::kRaw, 5)}).ok());
    settle(buffer.held(1, 2), 1);
    begin(2);
  }
  void begin(std::uint8_t run) {
    buffer.erase_kept();
    CHECK_TRUE(buffer.end_run().ok());
    buffer.stop();
    CHECK_TRUE(buffer.start(run).ok());
    CHECK_TRUE(buffer.store().audit().ok());
  }
  void settle(const Interval& held, std::uint8_t run, Stream stream = Stream::kRaw) {
    CHECK_TRUE(buffer.store().acknowledge(ack_of({held}, {}, run, stream)).ok());
  }
  std::vector<SettledRun> to_close() {
    return *buffer.store().settled_runs();
  }
  void close(const std::vector<SettledRun>& runs) {
    CHECK_TRUE(buffer.store().close(runs, chunk_of(Stream::kEvent, 1)).ok());
    static_cast<void>(buffer.learn());
  }
  void hear_closing(std::uint64_t seq = 1) {
    settle(buffer.held(seq, seq, 2, Stream::kEvent), 2, Stream::kEvent);
  }
  AckOutcome answer(std::uint8_t run, Stream stream, std::vector<Interval> held,
                    std::vector<Interval> resolved = {}) {
    const Question question = **buffer.reader().question(run_number(run), stream, 1, 64);
    Answered answered{question, {question.run, stream, std::move(held), std::move(resolved)}};
    answered.ack.answer = Answer{0, question.last};
    const Result<AckOutcome> outcome = buffer.store().acknowledge(answered);
    CHECK_TRUE(outcome.ok());
    CHECK_TRUE(buffer.store().audit().ok());
    return *outcome;
  }
  bool remembers(std::uint8_t run) {
    const std::vector<Holding> holdings = *buffer.reader().holdings();
    for (const Holding& holding : holdings) {
      if (holding.run == run_number(run)) return true;
    }
    return false;
  }
  std::int64_t count(const char* sql) {
    return Connection::open(buffer.options.path, Access::kRead)->integer(sql)->value_or(-1);
  }
};

TEST(ClosedTable, a_run_that_is_over_is_to_be_closed_once) {
  CHECK_TRUE((to_close() == std::vector<SettledRun>{first}));
  close({first});
  CHECK_TRUE(to_close().empty());
  CHECK_TRUE(failed_with(buffer.store().close({&first, 1}, chunk_of(Stream::kEvent, 1)),
                         ErrorCode::kInvalid));
}

TEST(ClosedTable, a_run_is_remembered_until_its_record_is_heard_and_it_is_asked_about_once_more) {
  close({first});
  // What is answered before the record has arrived says nothing about what it resolved.
  answer(1, Stream::kRaw, {buffer.held(1, 2)});
  CHECK_TRUE(remembers(1));
  hear_closing();
  CHECK_TRUE(remembers(1));
  const std::vector<Holding> holdings = *buffer.reader().holdings();
  for (const Holding& holding : holdings) {
    CHECK_TRUE(holding.asks_last == (holding.run == run_number(1)));
  }
  answer(1, Stream::kRaw, {buffer.held(1, 2)});
  CHECK_FALSE(remembers(1));
  CHECK_TRUE(count("SELECT count(*) FROM closed WHERE due = 0 AND last_raw = 2") == 1);
  CHECK_TRUE(buffer.store().totals().delivered == 10);
}

TEST(ClosedTable, whatever_is_lost_all_are_closed_again) {
  close({first});
  hear_closing();
  answer(1, Stream::kRaw, {buffer.held(1, 2)});
  CHECK_TRUE(to_close().empty());
  CHECK_TRUE(answer(2, Stream::kEvent, {}).has_loss());
  CHECK_TRUE((to_close() == std::vector<SettledRun>{first}));
  close({first});
  CHECK_TRUE(to_close().empty());
}

TEST(ClosedTable, a_loss_that_the_record_itself_has_hidden_is_seen) {
  close({first});
  hear_closing();
  const AckOutcome outcome = answer(1, Stream::kRaw, {buffer.held(1, 1)}, {{2, 2, 0}});
  CHECK_TRUE(outcome.masked_keys == 1 && outcome.missing_keys == 0);
  // Both sides think the same of it now; but it has to be asked about again.
  CHECK_TRUE(remembers(1));
  CHECK_FALSE(answer(1, Stream::kRaw, {buffer.held(1, 1)}, {{2, 2, 0}}).has_loss());
  CHECK_FALSE(remembers(1));
}

TEST(ClosedTable, a_run_whose_record_was_settled_by_a_gap_is_closed_anew) {
  close({first});
  const Refusal refused{1, static_cast<std::uint32_t>(buffer.held(1, 1, 2, Stream::kEvent).check),
                        std::nullopt};
  Ack ack = ack_of({}, {}, 2, Stream::kEvent);
  ack.refusals = {refused};
  CHECK_TRUE(buffer.store().acknowledge(ack).ok());
  CHECK_TRUE((to_close() == std::vector<SettledRun>{first}));
}

TEST(ClosedTable, a_collector_that_cannot_be_asked_does_not_make_it_endless) {
  for (std::uint8_t run = 2; run < 90; ++run) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1)}).ok());
    settle(buffer.held(1, 1, run), run);
    begin(static_cast<std::uint8_t>(run + 1));
    // Runs are forgotten when something is settled.
  }
  CHECK_TRUE(buffer.reader().holdings()->size() <= kOverRunsMax + 2);
  // Their closing is due, should there be somebody to hear it.
  CHECK_TRUE(to_close().size() == kOverRunsMax);
  CHECK_TRUE(to_close().front() == first);
  CHECK_TRUE(buffer.store().totals().delivered == 10 + 88);
}

TEST(ClosedTable, the_oldest_are_forgotten_in_the_end) {
  Connection connection = std::move(*Connection::open(buffer.options.path, Access::kWrite));
  Transaction transaction(connection);
  for (std::int64_t i = 0; i <= kClosedRunsMax; ++i) {
    RunId run;
    run.bytes[0] = static_cast<std::uint8_t>(i >> 8);
    run.bytes[1] = static_cast<std::uint8_t>(i & 0xFF);
    put_closed(transaction, {run, {{Stream::kRaw, 1}}});
    put_closed(transaction, {run, {{Stream::kRaw, 1}}});
  }
  CHECK_TRUE(transaction.integer("SELECT count(*) FROM closed") == kClosedRunsMax);
  CHECK_TRUE(transaction.integer("SELECT min(id) FROM closed") == 2);
}
