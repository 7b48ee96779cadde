#include "storage/ledger.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

// Raw chunks 1 to 5 of run 1, with 10 readings each; of them 2 and 3 are settled.
TEST_GROUP(Ledger) {
  Buffer buffer;
  std::optional<Connection> connection;
  std::optional<Transaction> transaction;
  std::optional<Ledger> ledger;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
    for (int i = 0; i < 5; ++i) CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 10)}).ok());
    CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(2, 3)})).ok());
    connection.emplace(std::move(*Connection::open(buffer.options.path, Access::kWrite)));
    transaction.emplace(*connection);
    ledger.emplace(*transaction, *find_run(*transaction, run_number(1)), Stream::kRaw);
  }
  void teardown() override {
    ledger.reset();
    transaction.reset();
  }
};

TEST(Ledger, tells_what_is_settled) {
  CHECK_TRUE(ledger->last_seq() == 5);
  CHECK_TRUE(ledger->is_settled({2, 3, 0}));
  CHECK_FALSE(ledger->is_settled({2, 4, 0}));
  CHECK_TRUE((ledger->unsettled_in({1, 5, 0}) == std::vector<Interval>{{1, 1, 0}, {4, 5, 0}}));
  CHECK_TRUE((ledger->settled_among({{1, 2, 0}, {4, 5, 0}}) == std::vector<Interval>{{2, 2, 0}}));
}

TEST(Ledger, explains_what_adds_up) {
  CHECK_TRUE(ledger->explains_held(buffer.held(1, 5)));
  CHECK_TRUE(ledger->explains_held({2, 2, 77}));  // says nothing new
  Interval wrong = buffer.held(1, 5);
  ++wrong.check;
  CHECK_FALSE(ledger->explains_held(wrong));
  // It cuts through what is settled and goes beyond: that sum is not known.
  CHECK_FALSE(ledger->explains_held(buffer.held(3, 5)));
  CHECK_FALSE(ledger->explains_resolved({4, 4, 0}));
  CHECK_TRUE(ledger->explains_resolved({2, 3, 0}));
}

TEST(Ledger, counts_with_the_chunk_that_stands) {
  const Interval before = buffer.held(2, 3);
  const Interval second = buffer.held(2, 2);
  ledger->replace(2, static_cast<std::uint32_t>(second.check), 5);
  CHECK_TRUE(ledger->settled_in({2, 3, 0}).front().interval.check ==
             before.check - second.check + 5);
}

TEST(Ledger, adopts_the_sum_of_a_whole_row_only) {
  ledger->adopt({2, 2, 9});
  CHECK_TRUE(ledger->settled_in({2, 3, 0}).front().interval == buffer.held(2, 3));
  ledger->adopt({2, 3, 9});
  CHECK_TRUE(ledger->settled_in({2, 3, 0}).front().interval.check == 9);
}
