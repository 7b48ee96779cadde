#include "storage/reader.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "storage/chunk_table.hpp"
#include "storage/sqlite.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

TEST_GROUP(Reader) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
  }

  std::vector<std::uint64_t> seqs(const Result<std::vector<StoredChunk>>& chunks) {
    CHECK_TRUE(chunks.ok());
    std::vector<std::uint64_t> seqs;
    for (const StoredChunk& stored : *chunks) seqs.push_back(stored.chunk.header.key.seq);
    return seqs;
  }
  void commit(int chunks) {
    for (int i = 0; i < chunks; ++i) {
      CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1, 100)}).ok());
    }
  }
  // Damage that SQLite itself cannot see.
  void damage(std::int64_t position) {
    Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(connection.ok());
    CHECK_TRUE(
        connection->run("UPDATE chunk SET bytes = x'00' WHERE position = ?", {position}).ok());
  }
};

TEST(Reader, needs_a_database) {
  CHECK_TRUE(
      failed_with(Reader::open(buffer.folder().path_of("none.db")), ErrorCode::kUnavailable));
}

TEST(Reader, gives_back_what_was_stored) {
  const SealedChunk sealed = chunk_of(Stream::kRaw, 12, 34, -5);
  CHECK_TRUE(buffer.commit({sealed}).ok());
  const auto chunks = buffer.reader().pending(Stream::kRaw, 0, 1'000);
  CHECK_TRUE(chunks.ok() && chunks->size() == 1);
  const Chunk& chunk = chunks->front().chunk;
  CHECK_TRUE((chunk.header.key == ChunkKey{run_number(1), Stream::kRaw, 1}));
  CHECK_TRUE(chunk.header.channel == sealed.channel);
  CHECK_TRUE(chunk.header.count == 12);
  CHECK_TRUE(chunk.header.first == sealed.first && chunk.header.last == sealed.last);
  CHECK_TRUE(chunk.bytes == sealed.bytes);
  CHECK_TRUE(chunk.header.crc == checksum_of(chunk.header, chunk.bytes));
}

TEST(Reader, sees_what_the_writer_commits_meanwhile) {
  Reader reader = buffer.reader();
  CHECK_TRUE(reader.pending(Stream::kRaw, 0, 1'000)->empty());
  commit(1);
  CHECK_TRUE(reader.pending(Stream::kRaw, 0, 1'000)->size() == 1);
}

TEST(Reader, goes_on_behind_a_position) {
  commit(3);
  Reader reader = buffer.reader();
  const std::uint64_t first = reader.pending(Stream::kRaw, 0, 1)->front().position;
  CHECK_TRUE(
      (seqs(reader.pending(Stream::kRaw, first, 10'000)) == std::vector<std::uint64_t>{2, 3}));
}

TEST(Reader, gives_a_lane_from_either_end) {
  commit(4);
  Reader reader = buffer.reader();
  CHECK_TRUE(
      (seqs(reader.pending({Lane::kRaw}, 10'000)) == std::vector<std::uint64_t>{1, 2, 3, 4}));
  CHECK_TRUE((seqs(reader.pending({.lane = Lane::kRaw, .newest_first = true}, 10'000)) ==
              std::vector<std::uint64_t>{4, 3, 2, 1}));
}

TEST(Reader, gives_a_part_of_a_lane) {
  commit(5);
  Reader reader = buffer.reader();
  const std::uint64_t first = reader.pending({Lane::kRaw}, 0)->front().position;
  CHECK_TRUE((seqs(reader.pending({Lane::kBacklog, first, first + 2}, 10'000)) ==
              std::vector<std::uint64_t>{2, 3}));
  CHECK_TRUE((seqs(reader.pending({Lane::kBacklog, first, first + 2, true}, 10'000)) ==
              std::vector<std::uint64_t>{3, 2}));
}

TEST(Reader, urgent_chunks_are_in_a_lane_of_their_own) {
  SealedChunk urgent = chunk_of(Stream::kEvent, 1, 100);
  urgent.urgent = true;
  CHECK_TRUE(buffer.commit({chunk_of(Stream::kEvent, 1, 100), urgent}).ok());
  Reader reader = buffer.reader();
  CHECK_TRUE((seqs(reader.pending({Lane::kAlert}, 10'000)) == std::vector<std::uint64_t>{2}));
  CHECK_TRUE((seqs(reader.pending({Lane::kEvent}, 10'000)) == std::vector<std::uint64_t>{1}));
  CHECK_TRUE((seqs(reader.pending(Stream::kEvent, 0, 10'000)) == std::vector<std::uint64_t>{1, 2}));
}

TEST(Reader, a_lane_is_found_by_an_index) {
  commit(1);
  Result<Connection> connection = Connection::open(buffer.options.path, Access::kRead);
  CHECK_TRUE(connection.ok());
  std::string plan;
  CHECK_TRUE(connection
                 ->for_each("EXPLAIN QUERY PLAN " + std::string(kPendingOfStream),
                            {std::int64_t{4}, std::int64_t{3}, std::int64_t{0}},
                            [&](const Row& row) {
                              plan += std::string(row.text(3)) + "; ";
                              return true;
                            })
                 .ok());
  STRCMP_CONTAINS("MERGE (UNION ALL)", plan.c_str());
  STRCMP_CONTAINS("SEARCH p USING PRIMARY KEY (lane=? AND position>?)", plan.c_str());
  STRCMP_CONTAINS("SEARCH c USING INTEGER PRIMARY KEY", plan.c_str());
  CHECK_TRUE(plan.find("SORT") == std::string::npos && plan.find("TEMP") == std::string::npos);
}

TEST(Reader, says_what_waits_in_each_lane) {
  SealedChunk urgent = chunk_of(Stream::kEvent, 1, 100);
  urgent.urgent = true;
  CHECK_TRUE(buffer
                 .commit({chunk_of(Stream::kRaw, 1, 300, 70), chunk_of(Stream::kRaw, 1, 200, 50),
                          urgent, chunk_of(Stream::kRollup, 1, 40)})
                 .ok());
  const Result<WaitingByLane> waiting = buffer.reader().waiting();
  CHECK_TRUE(waiting.ok());
  const auto in = [&](Lane lane) { return (*waiting)[index_of(lane)]; };
  CHECK_TRUE(in(Lane::kAlert).chunks == 1 && in(Lane::kAlert).bytes == 100);
  CHECK_TRUE(in(Lane::kRollup).chunks == 1 && in(Lane::kRollup).bytes == 40);
  CHECK_TRUE(in(Lane::kRaw).chunks == 2 && in(Lane::kRaw).bytes == 500);
  CHECK_TRUE(in(Lane::kRaw).first == instant_from_ns(70));
  STRCMP_EQUAL("boot", in(Lane::kRaw).boot.c_str());
  CHECK_TRUE(in(Lane::kEvent).chunks == 0 && in(Lane::kEvent).bytes == 0);
  CHECK_TRUE(in(Lane::kEvent).boot.empty());
}

TEST(Reader, what_is_delivered_or_dropped_does_not_wait) {
  for (int i = 0; i < 4; ++i) {
    CHECK_TRUE(buffer.commit({chunk_of(Stream::kRaw, 1, 100, i)}).ok());
  }
  Reader reader = buffer.reader();
  CHECK_TRUE((*reader.waiting())[index_of(Lane::kRaw)].chunks == 4);
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(1, 2)})).ok());
  CHECK_TRUE((*reader.waiting())[index_of(Lane::kRaw)].first == instant_from_ns(2));
  CHECK_TRUE(buffer.drop_raw(3, 3, 1).ok());
  const Waiting raw = (*reader.waiting())[index_of(Lane::kRaw)];
  CHECK_TRUE(raw.chunks == 1 && raw.bytes == 100 && raw.first == instant_from_ns(3));
  CHECK_TRUE(buffer.lanes_are_exact());
}

TEST(Reader, the_oldest_of_a_lane_is_none_that_went_to_another) {
  commit(3);
  Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
  CHECK_TRUE(connection.ok());
  Reader reader = buffer.reader();
  CHECK_TRUE(reader.waiting().ok());
  CHECK_TRUE(connection->run("UPDATE chunk SET first_ns = seq").ok());
  CHECK_TRUE(connection->run("UPDATE chunk SET promoted = 3 WHERE seq = 1").ok());
  const WaitingByLane waiting = *reader.waiting();
  CHECK_TRUE(waiting[index_of(Lane::kRaw)].chunks == 2);
  CHECK_TRUE(waiting[index_of(Lane::kRaw)].first == instant_from_ns(2));
  CHECK_TRUE(waiting[index_of(Lane::kRequested)].chunks == 1);
  CHECK_TRUE(waiting[index_of(Lane::kRequested)].first == instant_from_ns(1));
  CHECK_TRUE(buffer.lanes_are_exact());
}

TEST(Reader, a_lane_of_damaged_chunks_ends_empty) {
  commit(2);
  damage(1);
  CHECK_TRUE(buffer.store().examine({Stream::kRaw, 0}).ok());
  CHECK_TRUE(buffer.lanes_are_exact());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(2, 2)})).ok());
  const Waiting raw = (*buffer.reader().waiting())[index_of(Lane::kRaw)];
  CHECK_TRUE(raw.chunks == 0 && raw.bytes == 0);
}

TEST(Reader, knows_the_newest_position) {
  Reader reader = buffer.reader();
  CHECK_TRUE(*reader.newest_position() == 0);
  commit(3);
  CHECK_TRUE(*reader.newest_position() == reader.pending({Lane::kRaw}, 10'000)->back().position);
}

TEST(Reader, gives_as_many_as_fit_and_one_at_least) {
  commit(5);
  Reader reader = buffer.reader();
  CHECK_TRUE(reader.pending(Stream::kRaw, 0, 0)->size() == 1);
  CHECK_TRUE(reader.pending(Stream::kRaw, 0, 450)->size() == 3);
}

TEST(Reader, gives_chunks_of_one_run_only) {
  commit(2);
  buffer.lose_power();
  CHECK_TRUE(buffer.start(2).ok());
  commit(2);
  Reader reader = buffer.reader();
  const auto first = reader.pending(Stream::kRaw, 0, 10'000);
  CHECK_TRUE((seqs(first) == std::vector<std::uint64_t>{1, 2}));
  const auto second = reader.pending(Stream::kRaw, first->back().position, 10'000);
  CHECK_TRUE((seqs(second) == std::vector<std::uint64_t>{1, 2}));
  CHECK_TRUE(second->front().chunk.header.key.run == run_number(2));
}

TEST(Reader, leaves_dropped_and_settled_chunks_out) {
  commit(4);
  CHECK_TRUE(buffer.drop_raw(2, 2, 1).ok());
  CHECK_TRUE(buffer.store().acknowledge(ack_of({buffer.held(4, 4)})).ok());
  Reader reader = buffer.reader();
  CHECK_TRUE((seqs(reader.pending(Stream::kRaw, 0, 10'000)) == std::vector<std::uint64_t>{1, 3}));
  const std::vector<std::uint64_t> positions = {4, 3, 2, 1, 99};
  CHECK_TRUE((seqs(reader.at(positions)) == std::vector<std::uint64_t>{1, 3}));
}

TEST(Reader, tells_what_is_held) {
  commit(3);
  CHECK_TRUE(buffer.drop_raw(1, 1, 1).ok());
  const auto holdings = buffer.reader().holdings();
  CHECK_TRUE(holdings.ok() && holdings->size() == 2);
  const Holding& event = holdings->front();
  const Holding& raw = holdings->back();
  CHECK_TRUE(event.stream == Stream::kEvent && event.last_seq == 1 && event.pending_chunks == 1);
  CHECK_TRUE(raw.stream == Stream::kRaw && raw.last_seq == 3 && raw.pending_chunks == 2);
  CHECK_TRUE(raw.run == run_number(1));
}

TEST(Reader, skips_a_damaged_chunk_and_says_where_it_is) {
  commit(3);
  damage(2);
  Reader reader = buffer.reader();
  CHECK_TRUE((seqs(reader.pending(Stream::kRaw, 0, 10'000)) == std::vector<std::uint64_t>{1, 3}));
  const std::vector<std::uint64_t> positions = {2};
  CHECK_TRUE(reader.at(positions)->empty());
  const std::vector<Suspect> suspects = reader.take_suspects();
  CHECK_TRUE(suspects.size() == 2);
  for (const Suspect& suspect : suspects) {
    CHECK_TRUE(suspect.stream == Stream::kRaw && suspect.after == 1);
  }
  CHECK_TRUE(reader.take_suspects().empty());
}

TEST(Reader, remembers_a_bounded_number_of_damaged_chunks) {
  commit(3);
  damage(2);
  Reader reader = buffer.reader();
  for (int i = 0; i < 1'000; ++i) CHECK_TRUE(reader.pending(Stream::kRaw, 0, 10'000).ok());
  CHECK_TRUE(reader.take_suspects().size() == 64);
}
