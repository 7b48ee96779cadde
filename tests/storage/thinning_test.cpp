#include "storage/thinning.hpp"

#include <cstdint>
#include <optional>
#include <vector>

#include "storage/quota.hpp"
#include "storage/sqlite.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;

// Raw chunks of a minute each, of channels 1 and 2 in turn: channel 1 has the odd keys. Times are
// in minutes.
TEST_GROUP(Thinning) {
  Buffer buffer;
  std::optional<Connection> connection;
  Thinning thinning;

  void setup() override {
    CHECK_TRUE(buffer.start(1).ok());
    for (int minute = 0; minute < 30; ++minute) {
      CHECK_TRUE(buffer.commit({raw(1, minute), raw(2, minute)}).ok());
    }
    connect();
  }
  void connect() {
    Result<Connection> opened = Connection::open(buffer.options.path, Access::kWrite);
    CHECK_TRUE(opened.ok());
    connection.emplace(std::move(*opened));
  }
  static Instant at(int minutes) {
    return Instant(std::chrono::minutes(minutes));
  }
  static SealedChunk chunk(Stream stream, std::uint16_t channel, Instant first, Instant last) {
    SealedChunk chunk = chunk_of(stream, 10);
    chunk.channel = ChannelId{channel};
    chunk.first = first;
    chunk.last = last;
    return chunk;
  }
  static SealedChunk raw(std::uint16_t channel, int minute) {
    return chunk(Stream::kRaw, channel, at(minute), at(minute + 1) - std::chrono::seconds(1));
  }
  void roll_up(std::uint16_t channel, int from, int to) {
    CHECK_TRUE(buffer.commit({chunk(Stream::kRollup, channel, at(from), at(to))}).ok());
  }
  std::vector<Drop> propose(std::uint64_t bytes = 1'000'000) {
    Transaction transaction(*connection);
    std::vector<Drop> drops = propose_thinning(transaction, thinning, bytes);
    CHECK_TRUE(transaction.commit().ok());
    return drops;
  }
  static std::vector<std::uint64_t> keys(const std::vector<Drop>& drops) {
    std::vector<std::uint64_t> keys;
    for (const Drop& drop : drops) {
      CHECK_TRUE(drop.stream == Stream::kRaw && drop.run == run_number(1));
      CHECK_TRUE(drop.readings == 10 * (drop.last_seq - drop.first_seq + 1));
      for (std::uint64_t key = drop.first_seq; key <= drop.last_seq; ++key) keys.push_back(key);
    }
    return keys;
  }
  using Keys = std::vector<std::uint64_t>;
};

TEST(Thinning, finds_nothing_without_rollups) {
  CHECK_TRUE(propose().empty());
  CHECK_TRUE(thinning.at_end);
}

TEST(Thinning, finds_what_a_rollup_of_the_same_channel_covers) {
  roll_up(2, 10, 13);
  CHECK_TRUE((keys(propose()) == Keys{22, 24, 26}));
}

TEST(Thinning, chunks_that_reach_beyond_are_not_covered) {
  CHECK_TRUE(
      buffer.commit({chunk(Stream::kRollup, 1, at(10) + std::chrono::seconds(1), at(12))}).ok());
  CHECK_TRUE((keys(propose()) == Keys{23}));
}

TEST(Thinning, joins_what_rollups_of_several_channels_cover) {
  roll_up(1, 10, 13);
  roll_up(2, 9, 13);
  const std::vector<Drop> drops = propose();
  CHECK_TRUE((keys(drops) == Keys{20, 21, 22, 23, 24, 25, 26}));
  CHECK_TRUE(drops.size() == 1);
  CHECK_TRUE(drops[0].first == at(9) && drops[0].last == at(13) - std::chrono::seconds(1));
}

TEST(Thinning, overlapping_rollups_name_a_chunk_once) {
  roll_up(1, 10, 13);
  roll_up(1, 11, 14);
  CHECK_TRUE((keys(propose()) == Keys{21, 23, 25, 27}));
}

TEST(Thinning, takes_no_more_than_is_wanted_and_comes_back_for_the_rest) {
  roll_up(1, 0, 30);
  const std::vector<Drop> drops = propose(250);
  CHECK_TRUE((keys(drops) == Keys{1, 3, 5}));
  for (const Drop& drop : drops) CHECK_TRUE(buffer.store().drop(drop).ok());
  CHECK_TRUE((keys(propose(100)) == Keys{7}));
}

TEST(Thinning, is_done_with_a_rollup_under_which_nothing_is_left) {
  roll_up(1, 0, 2);
  for (const Drop& drop : propose()) CHECK_TRUE(buffer.store().drop(drop).ok());
  CHECK_TRUE(propose().empty());
  CHECK_TRUE(thinning.at_end);
  roll_up(2, 0, 2);
  CHECK_TRUE((keys(propose()) == Keys{2, 4}));
}

TEST(Thinning, looks_at_a_bounded_number_of_rollups) {
  std::vector<SealedChunk> empty(1'200, chunk(Stream::kRollup, 9, at(0), at(1)));
  CHECK_TRUE(buffer.commit(empty).ok());
  roll_up(1, 0, 1);
  CHECK_TRUE(propose().empty());
  CHECK_FALSE(thinning.at_end);
  CHECK_TRUE(keys(propose()) == Keys{1});
}

TEST(Thinning, another_runs_rollup_covers_nothing_of_this_one) {
  connection.reset();
  buffer.lose_power();
  CHECK_TRUE(buffer.start(2).ok());
  connect();
  roll_up(1, 0, 30);
  CHECK_TRUE(propose().empty());
}

TEST(Thinning, comes_before_older_readings_that_no_rollup_covers) {
  roll_up(2, 10, 13);
  buffer.stop();
  buffer.options.quota_bytes = 0;
  connection.reset();
  CHECK_TRUE(buffer.start(2).ok());
  const Result<std::vector<Drop>> first = buffer.store().make_room();
  CHECK_TRUE((keys(*first) == Keys{22, 24, 26}));
  const Result<std::vector<Drop>> second = buffer.store().make_room();
  CHECK_TRUE(second->front().first_seq == 1);
}
