#include "storage/range.hpp"

#include <cstdint>
#include <filesystem>
#include <limits>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

// Times are in seconds.
TEST_GROUP(Range) {
  Buffer buffer;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
  }

  static std::int64_t ns(double seconds) {
    return static_cast<std::int64_t>(seconds * 1e9);
  }
  SealedChunk chunk(std::uint16_t channel, double first, double last,
                    Stream stream = Stream::kRaw) {
    SealedChunk chunk = chunk_of(stream, 1);
    chunk.channel = ChannelId{channel};
    chunk.first = instant_from_ns(ns(first));
    chunk.last = instant_from_ns(ns(last));
    return chunk;
  }
  void commit(const SealedChunk& chunk) {
    CHECK_TRUE(buffer.commit({chunk}).ok());
  }
  TimeRange range(std::uint16_t channel, double from, double to) const {
    TimeRange range;
    range.run = run_number(1);
    range.channel = ChannelId{channel};
    range.from = instant_from_ns(ns(from));
    range.to = instant_from_ns(ns(to));
    return range;
  }
  TimeRange all(std::uint16_t channel) const {
    TimeRange all = range(channel, 0, 0);
    all.from = Instant::min();
    all.to = Instant::max();
    return all;
  }
  // The whole range, in parts of `bytes_max`.
  RangePart read(const TimeRange& range, std::size_t bytes_max = 1'000'000) {
    Reader reader = buffer.reader();
    RangePart whole;
    Bookmark bookmark;
    for (parts_ = 1; parts_ < 1'000; ++parts_) {
      Result<RangePart> part = reader.range(range, bookmark, bytes_max);
      CHECK_TRUE(part.ok());
      for (StoredChunk& stored : part->chunks) whole.chunks.push_back(std::move(stored));
      for (Bytes& frame : part->frames) whole.frames.push_back(std::move(frame));
      if (part->last) return whole;
    }
    FAIL("a range without an end");
    return whole;
  }
  std::vector<std::uint64_t> seqs(const TimeRange& range, std::size_t bytes_max = 1'000'000) {
    std::vector<std::uint64_t> seqs;
    for (const StoredChunk& stored : read(range, bytes_max).chunks) {
      seqs.push_back(stored.chunk.header.key.seq);
    }
    return seqs;
  }
  using Seqs = std::vector<std::uint64_t>;

  int parts_ = 0;
};

TEST(Range, has_the_chunks_of_one_channel_that_reach_into_it) {
  for (int i = 0; i < 10; ++i) {
    commit(chunk(1, 100 * i, 100 * i + 99));
    commit(chunk(2, 100 * i, 100 * i + 99));
  }
  CHECK_TRUE((seqs(range(1, 250, 420)) == Seqs{5, 7, 9}));
  CHECK_TRUE((seqs(range(2, 250, 420)) == Seqs{6, 8, 10}));
  CHECK_TRUE(seqs(range(3, 250, 420)).empty());
  CHECK_TRUE(seqs(all(1)).size() == 10);
}

TEST(Range, begins_with_its_first_stamp_and_ends_before_its_last) {
  commit(chunk(1, 10, 20));
  CHECK_TRUE(seqs(range(1, 20, 30)) == Seqs{1});
  CHECK_TRUE(seqs(range(1, 20.000000001, 30)).empty());
  CHECK_TRUE(seqs(range(1, 0, 10)).empty());
  CHECK_TRUE(seqs(range(1, 0, 10.000000001)) == Seqs{1});
  CHECK_TRUE(seqs(range(1, 15, 15)).empty());
  CHECK_TRUE(seqs(range(1, 18, 12)).empty());
}

TEST(Range, has_chunks_in_the_order_of_their_first_stamps) {
  commit(chunk(1, 50, 60));
  commit(chunk(1, 10, 90));
  commit(chunk(1, 10, 20));
  CHECK_TRUE((seqs(all(1)) == Seqs{2, 3, 1}));
}

TEST(Range, finds_a_long_chunk_that_began_before_others) {
  commit(chunk(1, 0, 5'000));
  for (int i = 0; i < 10; ++i) commit(chunk(1, 100 * i, 100 * i + 50));
  CHECK_TRUE((seqs(range(1, 460, 490)) == Seqs{1}));
}

TEST(Range, knows_times_before_zero_and_at_both_ends) {
  commit(chunk(1, -100, -50));
  SealedChunk endless = chunk(1, 0, 0);
  endless.first = Instant::min();
  endless.last = Instant::max();
  commit(endless);
  endless.first = Instant::max();
  commit(endless);
  CHECK_TRUE((seqs(range(1, -60, -55)) == Seqs{2, 1}));
  CHECK_TRUE((seqs(range(1, 7, 8)) == Seqs{2}));
  CHECK_TRUE((seqs(all(1)) == Seqs{2, 1}));  // before Instant::max()
}

TEST(Range, is_read_in_parts) {
  for (int i = 0; i < 40; ++i) commit(chunk(1, 10 * i, 10 * i + 9));
  const Seqs whole = seqs(all(1));
  CHECK_TRUE(whole.size() == 40);
  CHECK_TRUE(seqs(all(1), 0) == whole);
  CHECK_TRUE(parts_ >= 40);
  CHECK_TRUE(seqs(all(1), 500) == whole);
}

TEST(Range, stops_at_a_bounded_part_of_a_long_time) {
  commit(chunk(1, 0, 1));
  commit(chunk(1, 30 * 86'400, 30 * 86'400 + 1));
  CHECK_TRUE((seqs(all(1)) == Seqs{1, 2}));
  CHECK_TRUE(parts_ > 1);
}

TEST(Range, chunks_with_one_first_stamp_come_once_each) {
  for (int i = 0; i < 5; ++i) commit(chunk(1, 10, 20));
  CHECK_TRUE((seqs(all(1), 0) == Seqs{1, 2, 3, 4, 5}));
}

TEST(Range, ends_with_the_hot_tail) {
  commit(chunk(1, 10, 20));
  CHECK_TRUE(buffer.commit_frame(3, ns(30)).ok());
  CHECK_TRUE(buffer.commit_frame(4, ns(40)).ok());
  CHECK_TRUE(read(all(1)).frames.size() == 2);
  CHECK_TRUE(read(all(1), 0).frames.size() == 2);
  CHECK_TRUE(read(range(1, 35, 100)).frames == std::vector<Bytes>{frame_of(4).bytes});
  TimeRange events = all(1);
  events.stream = Stream::kEvent;
  CHECK_TRUE(read(events).frames.empty());
}

TEST(Range, a_seal_between_two_parts_hides_nothing) {
  commit(chunk(1, 10, 20));
  CHECK_TRUE(buffer.commit_frame(3, ns(30)).ok());
  Reader reader = buffer.reader();
  Bookmark bookmark;
  CHECK_TRUE(reader.range(all(1), bookmark, 0)->chunks.size() == 1);
  Commit seal;
  seal.chunks = {chunk(1, 25, 30)};
  seal.chunks.front().count = 3;
  seal.drop_frames = true;
  CHECK_TRUE(buffer.store().commit(seal).ok());
  const Result<RangePart> part = reader.range(all(1), bookmark, 1'000'000);
  CHECK_TRUE(part->last && part->chunks.size() == 1 && part->frames.empty());
}

TEST(Range, other_runs_are_others) {
  commit(chunk(1, 10, 20));
  buffer.lose_power();
  CHECK_TRUE(buffer.start(2).ok());
  CHECK_TRUE(buffer.commit_frame(1, ns(15)).ok());
  CHECK_TRUE(read(all(1)).chunks.size() == 1);
  CHECK_TRUE(read(all(1)).frames.empty());
  TimeRange other = all(1);
  other.run = run_number(2);
  CHECK_TRUE(read(other).chunks.empty());
  CHECK_TRUE(read(other).frames.size() == 1);
  other.run = run_number(9);
  CHECK_TRUE(read(other).frames.empty());
}

TEST(Range, leaves_a_damaged_chunk_out) {
  for (int i = 0; i < 3; ++i) commit(chunk(1, 10 * i, 10 * i + 9));
  Result<Connection> connection = Connection::open(buffer.options.path, Access::kWrite);
  CHECK_TRUE(connection->run("UPDATE chunk SET bytes = x'00' WHERE seq = 2").ok());
  CHECK_TRUE((seqs(all(1), 0) == Seqs{1, 3}));
}

// A scan of the table would take 0.4 s for 10 million readings.
TEST(Range, is_found_through_the_index) {
  Result<Connection> connection = open_for_reading(buffer.options.path);
  CHECK_TRUE(connection.ok());
  const std::string explain = "EXPLAIN QUERY PLAN " + std::string(kChunksInRange);
  std::string plan;
  CHECK_TRUE(connection
                 ->for_each(explain, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
                            [&](const Row& row) {
                              plan += row.text(3);
                              plan += '\n';
                              return true;
                            })
                 .ok());
  STRCMP_CONTAINS(
      "SEARCH chunk USING INDEX chunk_by_time (run=? AND stream=? AND <expr>=? AND channel=? AND ",
      plan.c_str());
  CHECK_TRUE(plan.find("SCAN chunk") == std::string::npos);
}

// A reader that stays in a transaction would stop the log from being used again.
TEST(Range, leaves_the_writer_its_log) {
  Reader reader = buffer.reader();
  Bookmark bookmark;
  for (int i = 0; i < 300; ++i) {
    SealedChunk large = chunk(1, i, i + 1);
    large.bytes.resize(10'000);
    commit(large);
    CHECK_TRUE(reader.range(all(1), bookmark, 0)->chunks.size() == 1);
  }
  CHECK_TRUE(std::filesystem::file_size(buffer.options.path + "-wal") <= 2 * kCheckpointBytes);
}
