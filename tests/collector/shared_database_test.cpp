// Two sinks on one database, as two collectors of one machine have them.
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "collector/database.hpp"
#include "collector/sqlite_sink.hpp"
#include "collector/writing_turn.hpp"
#include "tests/collector/deliveries.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {
namespace {

// Long enough for a machine that is busy with something else.
constexpr Duration kLong = std::chrono::minutes(1);

struct Taken {
  std::uint64_t stored = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t failed = 0;
};

// What a process of its own would do: open the database and store chunks 1 to `count`, one by one.
Taken store_all(const std::string& path, std::uint64_t count) {
  Taken taken;
  Result<SqliteSink> sink = SqliteSink::open(path, kLong);
  for (std::uint64_t seq = 1; seq <= count; ++seq) {
    const Result<Receipt> receipt =
        sink ? sink->store(shipment_of({raw_chunk(seq)}), WallTime()) : sink.error();
    if (!receipt) {
      ++taken.failed;
      continue;
    }
    taken.stored += receipt->stored.size();
    taken.duplicates += receipt->duplicates;
  }
  return taken;
}

}  // namespace

TEST_GROUP(SharedDatabase) {
  TemporaryFolder folder;
  std::string path = folder.path_of("collector.db");
  std::optional<SqliteSink> one;
  std::optional<SqliteSink> other;

  void setup() override {
    one.emplace(std::move(*SqliteSink::open(path, Duration(0))));
    other.emplace(std::move(*SqliteSink::open(path, Duration(0))));
  }
  static Receipt store(std::optional<SqliteSink> & sink, const std::vector<Chunk>& chunks) {
    Result<Receipt> receipt = sink->store(shipment_of(chunks), WallTime());
    CHECK(receipt.ok());
    return std::move(*receipt);
  }
  static Ack ack(std::optional<SqliteSink> & sink, Stream stream = Stream::kRaw) {
    Result<Ack> read = sink->acknowledgement("gw", kRun, stream);
    CHECK(read.ok());
    return std::move(*read);
  }
  void expect_both_acknowledge(const std::vector<Interval>& held,
                               const std::vector<Interval>& resolved) {
    for (std::optional<SqliteSink>* sink : {&one, &other}) {
      CHECK(ack(*sink).held == held);
      CHECK(ack(*sink).resolved == resolved);
    }
  }
  std::int64_t count(const char* query) {
    Result<storage::Connection> connection = open_for_reading(path);
    CHECK(connection.ok());
    return connection->integer(query)->value_or(-1);
  }
  template <typename Outcome>
  static bool is_locked(const Outcome& outcome) {
    return !outcome && outcome.error().code == ErrorCode::kTimeout;
  }
  // That `sink` can do nothing at all now, and does nothing.
  void expect_locked(std::optional<SqliteSink> & sink) {
    const std::int64_t chunks = count("SELECT count(*) FROM chunk");
    CHECK(is_locked(sink->store(shipment_of({raw_chunk(9)}), WallTime())));
    CHECK(is_locked(sink->acknowledgement("gw", kRun, Stream::kRaw)));
    CHECK(is_locked(sink->note_hello("new", {kRun, "", "", "", {}}, WallTime())));
    CHECK(is_locked(sink->note_status("new", {kRun, true}, WallTime())));
    CHECK(is_locked(SqliteSink::open(path, Duration(0))));
    LONGS_EQUAL(chunks, count("SELECT count(*) FROM chunk"));
    LONGS_EQUAL(0, count("SELECT count(*) FROM gateway WHERE name = 'new'"));
  }
};

TEST(SharedDatabase, holds_a_batch_that_both_get_once) {
  LONGS_EQUAL(2, store(one, {raw_chunk(1), raw_chunk(2)}).stored.size());
  const Receipt second = store(other, {raw_chunk(1), raw_chunk(2)});
  CHECK(second.stored.empty());
  LONGS_EQUAL(2, second.duplicates);
  LONGS_EQUAL(2, count("SELECT count(*) FROM chunk"));
  LONGS_EQUAL(1, count("SELECT count(*) FROM gateway"));
  LONGS_EQUAL(1, count("SELECT count(*) FROM run"));
}

// Both write all of 200 batches as fast as they can.
TEST(SharedDatabase, holds_each_once_when_both_get_them_at_the_same_time) {
  constexpr std::uint64_t kCount = 200;
  one.reset();
  other.reset();
  Taken first;
  std::thread thread([&] { first = store_all(path, kCount); });
  const Taken second = store_all(path, kCount);
  thread.join();
  LONGS_EQUAL(0, first.failed + second.failed);
  LONGS_EQUAL(kCount, first.stored + second.stored);
  LONGS_EQUAL(kCount, first.duplicates + second.duplicates);
  LONGS_EQUAL(kCount, count("SELECT count(*) FROM chunk"));
  LONGS_EQUAL(1, count("SELECT count(*) FROM pragma_integrity_check WHERE integrity_check = 'ok'"));
}

TEST(SharedDatabase, is_made_once_when_both_start_at_the_same_time) {
  for (int time = 0; time < 10; ++time) {
    const std::string fresh = folder.path_of("fresh" + std::to_string(time));
    Taken first;
    std::thread thread([&] { first = store_all(fresh, 1); });
    const Taken second = store_all(fresh, 1);
    thread.join();
    LONGS_EQUAL(0, first.failed + second.failed);
    LONGS_EQUAL(1, first.stored + second.stored);
  }
}

TEST(SharedDatabase, merges_what_each_has_got) {
  store(one, {raw_chunk(1), raw_chunk(3)});
  store(other, {raw_chunk(2), raw_chunk(5)});
  store(one, {raw_chunk(6)});
  const auto sum = [](std::uint64_t first, std::uint64_t last) {
    std::uint64_t total = 0;
    for (std::uint64_t seq = first; seq <= last; ++seq) total += raw_chunk(seq).header.crc;
    return total;
  };
  expect_both_acknowledge({{1, 3, sum(1, 3)}, {5, 6, sum(5, 6)}}, {});
}

TEST(SharedDatabase, a_chunk_at_one_after_its_gap_at_the_other_is_a_duplicate) {
  store(one, {event_chunk(1, {gap_of(1, 2)})});
  const Receipt receipt = store(other, {raw_chunk(2), raw_chunk(3)});
  LONGS_EQUAL(1, receipt.stored.size());
  CHECK((receipt.refusals == std::vector<Refusal>{{2, raw_chunk(2).header.crc, std::nullopt}}));
  expect_both_acknowledge({{3, 3, raw_chunk(3).header.crc}}, {{1, 2, 0}});
}

TEST(SharedDatabase, a_gap_at_one_resolves_what_neither_holds) {
  store(one, {raw_chunk(1)});
  store(other, {raw_chunk(3)});
  store(one, {event_chunk(1, {gap_of(1, 4)})});
  expect_both_acknowledge({{1, 1, raw_chunk(1).header.crc}, {3, 3, raw_chunk(3).header.crc}},
                          {{2, 2, 0}, {4, 4, 0}});
  LONGS_EQUAL(20, count("SELECT missing FROM gap"));
}

TEST(SharedDatabase, a_gap_that_each_gets_counts_once) {
  store(one, {event_chunk(1, {gap_of(1, 2)})});
  const Receipt receipt = store(other, {event_chunk(1, {gap_of(1, 2)})});
  // Acknowledged again, record and keys.
  LONGS_EQUAL(2, receipt.settled.size());
  LONGS_EQUAL(1, count("SELECT count(*) FROM gap"));
}

TEST(SharedDatabase, other_bytes_at_the_other_are_a_conflict) {
  store(one, {raw_chunk(1, 10, 1.0)});
  LONGS_EQUAL(1, store(other, {raw_chunk(1, 10, 2.0)}).conflicts);
  LONGS_EQUAL(raw_chunk(1, 10, 1.0).header.crc, count("SELECT crc FROM chunk"));
}

// One commits while another checkpoints: SQLite allows that, and versions before 3.51.3 can damage
// the database by it. So whoever has not got the turn does not even begin.
TEST(SharedDatabase, nobody_does_anything_in_the_turn_of_another) {
  store(one, {raw_chunk(1)});
  {
    const Result<WritingTurn> turn = WritingTurn::take(path, Duration(0));
    CHECK(turn.ok());
    expect_locked(one);
    expect_locked(other);
  }
  LONGS_EQUAL(1, store(one, {raw_chunk(9)}).stored.size());
  LONGS_EQUAL(1, store(other, {raw_chunk(9)}).duplicates);
}

// As by an operator in a shell of SQLite's, who takes no turn.
TEST(SharedDatabase, nobody_does_anything_while_somebody_else_has_it_locked) {
  store(one, {raw_chunk(1)});
  Result<storage::Connection> stranger = storage::Connection::open(path, storage::Access::kWrite);
  {
    const storage::Transaction transaction(*stranger);
    CHECK(transaction.ok());
    CHECK(is_locked(one->store(shipment_of({raw_chunk(9)}), WallTime())));
    CHECK(is_locked(one->acknowledgement("gw", kRun, Stream::kRaw)));
  }
  LONGS_EQUAL(1, store(one, {raw_chunk(9)}).stored.size());
}

}  // namespace sluice::collector
