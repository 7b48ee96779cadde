#include "collector/sqlite_sink.hpp"

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "collector/database.hpp"
#include "collector/intake.hpp"
#include "collector/summary.hpp"
#include "tests/collector/deliveries.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::collector {

TEST_GROUP(SqliteSink) {
  TemporaryFolder folder;
  std::string path = folder.path_of("collector.db");
  std::optional<SqliteSink> sink;

  void setup() override {
    open();
  }
  void open() {
    sink.reset();
    sink.emplace(std::move(*SqliteSink::open(path)));
  }
  Receipt store(const std::vector<Chunk>& chunks) {
    Result<Receipt> receipt = sink->store(shipment_of(chunks), wall_time_from_ns(77));
    CHECK(receipt.ok());
    return std::move(*receipt);
  }
  Ack ack(Stream stream = Stream::kRaw, const RunId& run = kRun) {
    Result<Ack> read = sink->acknowledgement("gw", run, stream);
    CHECK(read.ok());
    return std::move(*read);
  }
  std::int64_t count(const char* query) {
    Result<storage::Connection> connection = open_for_reading(path);
    CHECK(connection.ok());
    return connection->integer(query)->value_or(-1);
  }
  RunSummary run_summary(std::size_t index = 0) {
    Result<storage::Connection> connection = open_for_reading(path);
    Result<Summary> summary = summarise(*connection);
    CHECK(summary.ok());
    return summary->gateways.at(0).runs.at(index);
  }
  // What E3 of the protocol asks for: the settled keys are those of the rows and of the gaps.
  void expect_settled_is_rows_and_gaps() {
    LONGS_EQUAL(count("SELECT count(*) FROM chunk"),
                count("SELECT ifnull(sum(last - first + 1), 0) FROM settled WHERE resolved = 0"));
    LONGS_EQUAL(0, count("SELECT count(*) FROM chunk JOIN settled USING (stream) "
                         "WHERE resolved = 1 AND seq BETWEEN first AND last"));
  }
};

TEST(SqliteSink, holds_what_it_stored_bit_by_bit) {
  const Chunk chunk = raw_chunk(1);
  const Receipt receipt = store({chunk, raw_chunk(2)});
  LONGS_EQUAL(2, receipt.stored.size());
  LONGS_EQUAL(2, count("SELECT count(*) FROM chunk"));
  Result<storage::Connection> connection = open_for_reading(path);
  const Result<> read = connection->for_each(
      "SELECT bytes, crc FROM chunk WHERE seq = 1", {}, [&chunk](const storage::Row& row) {
        CHECK(Bytes(row.blob(0).begin(), row.blob(0).end()) == chunk.bytes);
        CHECK(row.integer(1) == chunk.header.crc);
        return true;
      });
  CHECK(read.ok());
}

TEST(SqliteSink, acknowledges_with_the_sum_of_the_checksums) {
  store({raw_chunk(1), raw_chunk(2), raw_chunk(4)});
  const std::uint64_t sum =
      std::uint64_t{raw_chunk(1).header.crc} + std::uint64_t{raw_chunk(2).header.crc};
  CHECK((ack().held == std::vector<Interval>{{1, 2, sum}, {4, 4, raw_chunk(4).header.crc}}));
  CHECK(ack().resolved.empty());
}

TEST(SqliteSink, has_no_acknowledgement_for_what_never_came) {
  store({raw_chunk(1)});
  CHECK(sink->acknowledgement("gw", kOtherRun, Stream::kRaw).error().code == ErrorCode::kNotFound);
  CHECK(sink->acknowledgement("other", kRun, Stream::kRaw).error().code == ErrorCode::kNotFound);
  CHECK_FALSE(sink->acknowledgement("gw", kRun, Stream::kEvent).ok());
}

TEST(SqliteSink, skips_duplicates_and_acknowledges_them_again) {
  store({raw_chunk(1), raw_chunk(2)});
  const Receipt receipt = store({raw_chunk(2), raw_chunk(3)});
  LONGS_EQUAL(1, receipt.stored.size());
  LONGS_EQUAL(1, receipt.stored[0]);
  LONGS_EQUAL(1, receipt.duplicates);
  LONGS_EQUAL(1, receipt.settled.size());
  LONGS_EQUAL(3, count("SELECT count(*) FROM chunk"));
  LONGS_EQUAL(30, run_summary().readings_held);
}

TEST(SqliteSink, skips_a_duplicate_within_one_batch) {
  const Receipt receipt = store({raw_chunk(1), raw_chunk(1)});
  LONGS_EQUAL(1, receipt.stored.size());
  LONGS_EQUAL(1, receipt.duplicates);
}

TEST(SqliteSink, keeps_runs_and_gateways_apart) {
  store({raw_chunk(1)});
  store({raw_chunk(1, 10, 5.0, kOtherRun)});
  CHECK(sink->store(shipment_of({raw_chunk(1)}, "gw2"), WallTime()).ok());
  LONGS_EQUAL(3, count("SELECT count(*) FROM chunk"));
  CHECK(ack(Stream::kRaw, kOtherRun).held.size() == 1);
}

TEST(SqliteSink, the_first_of_two_that_differ_stays) {
  store({raw_chunk(1, 10, 1.0)});
  const Receipt receipt = store({raw_chunk(1, 10, 2.0)});
  CHECK(receipt.stored.empty());
  LONGS_EQUAL(1, receipt.conflicts);
  LONGS_EQUAL(0, receipt.duplicates);
  LONGS_EQUAL(1, count("SELECT count(*) FROM conflict"));
  LONGS_EQUAL(raw_chunk(1, 10, 1.0).header.crc, count("SELECT crc FROM chunk"));
  CHECK(ack().held[0].check == raw_chunk(1, 10, 1.0).header.crc);
}

TEST(SqliteSink, says_which_bytes_it_refused_and_which_stand) {
  const std::uint32_t first = raw_chunk(2, 10, 1.0).header.crc;
  const std::uint32_t second = raw_chunk(2, 10, 2.0).header.crc;
  store({raw_chunk(1), raw_chunk(2, 10, 1.0)});
  const Receipt receipt = store({raw_chunk(2, 10, 2.0), raw_chunk(3)});
  CHECK((receipt.refusals == std::vector<Refusal>{{2, second, first}}));
}

TEST(SqliteSink, says_that_it_refused_what_a_gap_had_resolved) {
  store({event_chunk(1, {gap_of(1, 2)})});
  const Receipt receipt = store({raw_chunk(2), raw_chunk(3)});
  CHECK((receipt.refusals == std::vector<Refusal>{{2, raw_chunk(2).header.crc, std::nullopt}}));
}

TEST(SqliteSink, has_nothing_to_say_of_a_plain_duplicate) {
  store({raw_chunk(1)});
  CHECK(store({raw_chunk(1)}).refusals.empty());
}

// The acknowledgement of the keys may have been lost while that of the gap record was not.
TEST(SqliteSink, a_gap_record_that_comes_again_has_its_keys_acknowledged_again) {
  const Chunk record = event_chunk(1, {gap_of(1, 2)});
  store({record});
  const Receipt receipt = store({record});
  LONGS_EQUAL(1, receipt.duplicates);
  LONGS_EQUAL(2, receipt.settled.size());
  LONGS_EQUAL(1, count("SELECT count(*) FROM gap"));
}

TEST(SqliteSink, the_quarantine_is_bounded) {
  store({raw_chunk(1)});
  std::vector<Chunk> others(kConflictsMax + 5, raw_chunk(1, 1, 7.0));
  const Receipt receipt = store(others);
  LONGS_EQUAL(kConflictsMax + 5, receipt.conflicts);
  LONGS_EQUAL(kConflictsMax, count("SELECT count(*) FROM conflict"));
}

TEST(SqliteSink, a_gap_resolves_what_is_not_held) {
  store({raw_chunk(1), raw_chunk(3)});
  const Receipt receipt = store({event_chunk(1, {gap_of(2, 4)})});
  LONGS_EQUAL(2, receipt.settled.size());
  CHECK((ack().resolved == std::vector<Interval>{{2, 2, 0}, {4, 4, 0}}));
  LONGS_EQUAL(2, ack().held.size());
  // Three chunks of ten were declared missing; one of them had arrived.
  LONGS_EQUAL(20, run_summary().readings_missing);
  LONGS_EQUAL(20, run_summary().readings_held);
  expect_settled_is_rows_and_gaps();
}

TEST(SqliteSink, a_chunk_that_comes_after_its_gap_is_a_duplicate) {
  store({event_chunk(1, {gap_of(1, 2)})});
  const Receipt receipt = store({raw_chunk(2), raw_chunk(3)});
  LONGS_EQUAL(1, receipt.stored.size());
  LONGS_EQUAL(1, receipt.duplicates);
  CHECK((ack().resolved == std::vector<Interval>{{1, 2, 0}}));
  LONGS_EQUAL(20, run_summary().readings_missing);
  LONGS_EQUAL(10, run_summary().readings_held);
  expect_settled_is_rows_and_gaps();
}

TEST(SqliteSink, a_gap_that_comes_twice_counts_once) {
  store({event_chunk(1, {gap_of(1, 2)})});
  store({event_chunk(1, {gap_of(1, 2)})});
  LONGS_EQUAL(1, run_summary().gaps);
  LONGS_EQUAL(20, run_summary().readings_missing);
}

TEST(SqliteSink, a_gap_of_another_run_settles_that_run) {
  const Receipt receipt = store({event_chunk(1, {gap_of(1, 1, kOtherRun)})});
  CHECK(receipt.settled.size() == 2);
  CHECK((ack(Stream::kRaw, kOtherRun).resolved == std::vector<Interval>{{1, 1, 0}}));
  LONGS_EQUAL(10, run_summary(1).readings_missing);
}

TEST(SqliteSink, a_gap_without_keys_settles_none) {
  Gap gap;
  gap.run = kRun;
  gap.reason = GapReason::kRingFull;
  gap.readings = 7;
  Gap unknown = gap;
  unknown.reason = GapReason::kRestart;
  unknown.readings = 0;
  const Receipt receipt = store({event_chunk(1, {gap, unknown})});
  LONGS_EQUAL(1, receipt.settled.size());
  LONGS_EQUAL(7, run_summary().readings_missing);
  LONGS_EQUAL(2, run_summary().gaps);
  LONGS_EQUAL(1, run_summary().gaps_of_unknown_size);
}

TEST(SqliteSink, survives_a_gap_of_all_keys) {
  Gap gap = gap_of(1, 1);
  gap.last_seq = ~std::uint64_t{0};
  store({event_chunk(1, {gap})});
  CHECK((ack().resolved == std::vector<Interval>{{1, kSeqMax, 0}}));
}

TEST(SqliteSink, unpacks_what_the_event_stream_says) {
  RunStarted started;
  started.boot = "boot";
  started.version = "0.1";
  ChannelDeclared channel;
  channel.channel = ChannelId{3};
  channel.name = "t1";
  channel.unit = "Cel";
  AlertDeclared alert;
  alert.name = "hot";
  RunEnded ended;
  ended.readings = 25;
  DriverChanged driver;
  driver.channel = ChannelId{3};
  driver.state = DriverState::kDown;
  driver.reason = "gone";
  store({event_chunk(1, {started, SafeModeEntered{{}, "it crashed"}, channel, alert, AlertEvent{},
                         ClockRecord{}, driver, ended})});
  LONGS_EQUAL(1, count("SELECT count(*) FROM driver_event WHERE channel = 3 AND state = 2 AND "
                       "reason = 'gone'"));
  LONGS_EQUAL(1, count("SELECT count(*) FROM run WHERE boot = 'boot' AND version = '0.1'"));
  LONGS_EQUAL(1, count("SELECT count(*) FROM channel WHERE name = 't1' AND unit = 'Cel'"));
  LONGS_EQUAL(1, count("SELECT count(*) FROM alert WHERE name = 'hot'"));
  LONGS_EQUAL(1, count("SELECT count(*) FROM alert_event"));
  LONGS_EQUAL(1, count("SELECT count(*) FROM clock"));
  LONGS_EQUAL(25, *run_summary().produced);
  CHECK(run_summary().ended);
  STRCMP_EQUAL("it crashed", run_summary().safe_mode.c_str());
}

// The acknowledgement never left: what was committed is acknowledged when it comes again.
TEST(SqliteSink, remembers_across_a_restart) {
  store({raw_chunk(1)});
  store({event_chunk(1, {gap_of(2, 2)})});
  const Ack before = ack();
  open();
  CHECK(ack().held == before.held);
  CHECK(ack().resolved == before.resolved);
  LONGS_EQUAL(2, store({raw_chunk(1), raw_chunk(2)}).duplicates);
}

TEST(SqliteSink, knows_who_is_online) {
  CHECK(sink->note_hello("gw", {kRun, "boot", "0.2", "hash", {}}, WallTime()).ok());
  CHECK(sink->note_status("gw", {kRun, true}, WallTime()).ok());
  LONGS_EQUAL(1, count("SELECT online FROM gateway WHERE version = '0.2'"));
  CHECK(sink->note_status("gw", {kRun, false}, WallTime()).ok());
  LONGS_EQUAL(0, count("SELECT online FROM gateway"));
}

TEST(SqliteSink, ignores_a_late_last_will_of_an_earlier_run) {
  CHECK(sink->note_status("gw", {kRun, true}, WallTime()).ok());
  CHECK(sink->note_status("gw", {kOtherRun, false}, WallTime()).ok());
  LONGS_EQUAL(1, count("SELECT online FROM gateway"));
}

TEST(SqliteSink, brings_up_a_database_of_an_earlier_version) {
  store({raw_chunk(1)});
  sink.reset();
  {
    Result<storage::Connection> earlier = storage::Connection::open(path, storage::Access::kWrite);
    CHECK(earlier
              ->execute("ALTER TABLE run DROP COLUMN safe_mode; DROP TABLE driver_event; "
                        "PRAGMA user_version = 1")
              .ok());
  }
  CHECK(open_for_reading(path).error().code == ErrorCode::kUnavailable);
  open();
  LONGS_EQUAL(1, run_summary().streams.at(0).chunks);
  LONGS_EQUAL(3, count("PRAGMA user_version"));
}

TEST(SqliteSink, refuses_a_database_of_a_later_version) {
  sink.reset();
  {
    Result<storage::Connection> later = storage::Connection::open(path, storage::Access::kWrite);
    CHECK(later->execute("PRAGMA user_version = 99").ok());
  }
  CHECK(SqliteSink::open(path).error().code == ErrorCode::kCorrupt);
}

TEST(SqliteSink, refuses_a_file_that_is_not_its_own) {
  sink.reset();
  std::filesystem::remove(path);
  Result<storage::Connection> foreign = storage::Connection::open(path, storage::Access::kWrite);
  CHECK(foreign->execute("CREATE TABLE other (x)").ok());
  CHECK(SqliteSink::open(path).error().code == ErrorCode::kCorrupt);
  CHECK(open_for_reading(path).error().code == ErrorCode::kCorrupt);
}

// A statement that fails in the middle of a batch takes the whole batch with it.
TEST(SqliteSink, stores_all_of_a_batch_or_nothing) {
  {
    Result<storage::Connection> saboteur = storage::Connection::open(path, storage::Access::kWrite);
    CHECK(saboteur
              ->execute("CREATE TRIGGER fail BEFORE INSERT ON chunk WHEN new.seq = 2 "
                        "BEGIN SELECT raise(ABORT, 'no'); END")
              .ok());
  }
  CHECK_FALSE(sink->store(shipment_of({raw_chunk(1), raw_chunk(2)}), WallTime()).ok());
  LONGS_EQUAL(0, count("SELECT count(*) FROM chunk"));
  LONGS_EQUAL(0, count("SELECT count(*) FROM settled"));
  // And it goes on.
  LONGS_EQUAL(1, store({raw_chunk(1)}).stored.size());
}

}  // namespace sluice::collector
