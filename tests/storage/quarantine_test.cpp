#include "storage/quarantine.hpp"

#include <string>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

// A run with chunks of 5 readings.
TEST_GROUP(Quarantine) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
  }
  void commit(int chunks) {
    for (int i = 0; i < chunks; ++i) {
      CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 5, 20, 100 * i)}).ok());
    }
  }
  void change(const std::string& script) {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection.ok() && connection->execute(script.c_str()).ok());
  }
  void damage(const std::string& which) {
    change("UPDATE chunk SET bytes = zeroblob(length(bytes)) WHERE " + which);
  }
  std::int64_t count(const char* sql) {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection.ok());
    const auto found = connection->integer(sql);
    CHECK_TRUE(found.ok());
    return found->value_or(0);
  }
  // As many as went into quarantine.
  std::uint64_t examine(std::uint64_t after) {
    const Result<std::uint64_t> damaged = buffer.store().examine({Stream::kRaw, after});
    CHECK_TRUE(damaged.ok());
    return *damaged;
  }
};

TEST(Quarantine, takes_a_damaged_chunk_out_of_the_way) {
  commit(3);
  damage("seq = 2");
  CHECK_TRUE(examine(0) == 1);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{1, 3}));
  CHECK_TRUE(count("SELECT count(*) FROM quarantine WHERE seq = 2 AND length(bytes) = 20") == 1);
  CHECK_TRUE(buffer.store().audit().ok());
}

TEST(Quarantine, leaves_whole_chunks_alone) {
  commit(3);
  CHECK_TRUE(examine(0) == 0);
  CHECK_TRUE((buffer.pending() == std::vector<std::uint64_t>{1, 2, 3}));
  CHECK_TRUE(buffer.store().missing()->empty());
}

TEST(Quarantine, the_key_is_missing_with_its_readings_and_span) {
  commit(3);
  damage("seq = 2");
  examine(1);
  const auto missing = buffer.store().missing();
  CHECK_TRUE(missing.ok() && missing->size() == 1);
  const Missing& lost = missing->front();
  CHECK_TRUE(lost.run == run_number(1) && lost.stream == Stream::kRaw);
  CHECK_TRUE(lost.first_seq == 2 && lost.last_seq == 2 && lost.readings == 5);
  CHECK_TRUE(lost.first == instant_from_ns(100) && lost.last == instant_from_ns(105));
}

TEST(Quarantine, the_books_balance_before_and_after_the_declaration) {
  commit(3);
  damage("seq = 2");
  examine(0);
  CHECK_TRUE(balances(buffer.store().totals()));
  CHECK_TRUE(buffer.store().totals().pending == 10);
  const auto missing = buffer.store().missing();
  CHECK_TRUE(buffer.store().declare(*missing, chunk_of(Stream::kEvent, 1)).ok());
  const Totals totals = buffer.store().totals();
  CHECK_TRUE(balances(totals));
  CHECK_TRUE(totals.stored == 15 && totals.dropped == 5);
}

TEST(Quarantine, is_known_to_the_next_run) {
  commit(3);
  damage("seq = 2");
  examine(0);
  buffer.lose_power();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(buffer.store().missing()->size() == 1);
}

TEST(Quarantine, holds_no_acknowledgement_up) {
  commit(3);
  damage("seq = 2");
  examine(0);
  const auto missing = buffer.store().missing();
  CHECK_TRUE(buffer.store().declare(*missing, chunk_of(Stream::kEvent, 1)).ok());
  Interval held = buffer.held(1, 1);
  const Result<AckOutcome> apart =
      buffer.store().acknowledge(ack_of({held, buffer.held(3, 3)}, {{2, 2, 0}}));
  CHECK_TRUE(apart.ok() && !apart->refused && apart->settled_chunks == 2);
  CHECK_TRUE(buffer.pending().empty());
}

// It was on its way when the page went bad.
TEST(Quarantine, the_collector_may_hold_the_chunk_all_the_same) {
  commit(3);
  damage("seq = 2");
  examine(0);
  const Result<AckOutcome> outcome = buffer.store().acknowledge(ack_of({buffer.held(1, 3)}));
  CHECK_TRUE(outcome.ok() && !outcome->refused && outcome->settled_chunks == 2);
}

TEST(Quarantine, keeps_the_newest) {
  commit(kQuarantineMax + 4);
  damage("stream = 2");
  CHECK_TRUE(examine(0) == kQuarantineMax + 4);
  CHECK_TRUE(count("SELECT count(*) FROM quarantine") == kQuarantineMax);
  CHECK_TRUE(count("SELECT min(seq) FROM quarantine") == 5);
}

TEST(Quarantine, looks_at_a_bounded_number_of_chunks) {
  commit(80);
  damage("stream = 2");
  CHECK_TRUE(examine(0) == 64);
  CHECK_TRUE(examine(64) == 16);
}
