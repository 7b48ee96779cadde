#include "storage/promotion.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include "core/lane.hpp"
#include "tests/storage/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::storage;
using std::chrono::seconds;

// Run 1, with two channels that are read once a second; a chunk has ten readings.
TEST_GROUP(Promotion) {
  static constexpr std::int64_t kSecond = 1'000'000'000;

  Buffer buffer;

  void setup() override {
    start(1);
  }
  void start(std::uint8_t run) {
    CHECK_TRUE(buffer.start(run).ok());
    Commit commit;
    commit.channels = {{{}, ChannelId{1}, "boiler", "Cel", seconds(1)},
                       {{}, ChannelId{2}, "pump", "bar", seconds(1)}};
    CHECK_TRUE(buffer.store().commit(commit).ok());
  }
  static SealedChunk readings(std::int64_t from_s, std::uint16_t channel = 1,
                              std::size_t size = 20) {
    SealedChunk chunk = chunk_of(Stream::kRaw, 10, size);
    chunk.channel = ChannelId{channel};
    chunk.first = instant_from_ns(from_s * kSecond);
    chunk.last = chunk.first + seconds(9);
    return chunk;
  }
  // Of channel 1, from 0 s on, one after the other.
  void store(int chunks, std::size_t size = 20) {
    for (int i = 0; i < chunks; ++i) {
      CHECK_TRUE(buffer.commit({readings(10 * i, 1, size)}).ok());
    }
  }
  static Promotion span(std::int64_t from_s, std::int64_t to_s, const char* channel = "boiler") {
    Promotion promotion;
    promotion.boot = "boot";
    promotion.what = {channel, Instant(seconds(from_s)), Instant(seconds(to_s))};
    return promotion;
  }
  // Pieces it took.
  int finish(Promotion & promotion) {
    int pieces = 0;
    for (; !promotion.done; ++pieces) {
      CHECK_TRUE(pieces < 1'000);
      CHECK_TRUE(buffer.store().promote(promotion).ok());
    }
    CHECK_TRUE(buffer.lanes_are_exact());
    CHECK_TRUE(buffer.store().audit().ok());
    return pieces;
  }
  std::vector<std::uint64_t> in_lane(Lane lane) const {
    std::vector<std::uint64_t> seqs;
    LaneRange range;
    range.lane = lane;
    Reader reader = buffer.reader();
    for (;;) {
      const auto chunks = reader.pending(range, 1'000'000);
      CHECK_TRUE(chunks.ok());
      if (chunks->empty()) return seqs;
      for (const StoredChunk& one : *chunks) seqs.push_back(one.chunk.header.key.seq);
      range.after = chunks->back().position;
    }
  }
};

TEST(Promotion, takes_the_chunks_that_reach_into_the_span) {
  store(6);
  Promotion promotion = span(15, 30);
  finish(promotion);
  CHECK_TRUE((in_lane(Lane::kRequested) == std::vector<std::uint64_t>{2, 3, 4}));
  CHECK_TRUE((in_lane(Lane::kRaw) == std::vector<std::uint64_t>{1, 5, 6}));
  CHECK_TRUE(promotion.chunks == 3 && promotion.readings == 30 && promotion.promoted == 3);
  CHECK_TRUE(buffer.store().totals().promoted == 3);
}

TEST(Promotion, both_ends_belong_to_the_span) {
  store(3);
  Promotion promotion = span(9, 20);
  finish(promotion);
  CHECK_TRUE(promotion.chunks == 3);
}

TEST(Promotion, leaves_other_channels_alone) {
  CHECK_TRUE(buffer.commit({readings(0), readings(0, 2)}).ok());
  Promotion promotion = span(0, 100);
  finish(promotion);
  CHECK_TRUE((in_lane(Lane::kRequested) == std::vector<std::uint64_t>{1}));
}

TEST(Promotion, takes_all_channels_when_none_is_named) {
  CHECK_TRUE(buffer.commit({readings(0), readings(0, 2), readings(50, 7)}).ok());
  Promotion promotion = span(0, 100, "");
  finish(promotion);
  CHECK_TRUE(promotion.chunks == 3);
}

TEST(Promotion, goes_through_every_run_of_the_boot_by_the_name_of_the_channel) {
  store(1);
  buffer.stop();
  CHECK_TRUE(buffer.start(2).ok());
  Commit commit;
  commit.channels = {{{}, ChannelId{5}, "boiler", "Cel", seconds(1)}};
  commit.chunks = {readings(10, 5), readings(10, 1)};
  CHECK_TRUE(buffer.store().commit(commit).ok());
  Promotion promotion = span(0, 100);
  finish(promotion);
  CHECK_TRUE(promotion.chunks == 2);
  CHECK_TRUE((in_lane(Lane::kRaw) == std::vector<std::uint64_t>{2}));
}

TEST(Promotion, leaves_other_boots_alone) {
  store(1);
  Promotion promotion = span(0, 100);
  promotion.boot = "another";
  finish(promotion);
  CHECK_TRUE(promotion.chunks == 0);
}

TEST(Promotion, of_a_large_span_goes_in_small_pieces) {
  constexpr int kChunks = 500;
  store(kChunks, 4'000);
  Promotion promotion = span(0, 10 * kChunks);
  std::uint64_t before = 0;
  while (!promotion.done) {
    CHECK_TRUE(buffer.store().promote(promotion).ok());
    CHECK_TRUE((promotion.promoted - before) * 4'000 <= kPromotedBytesMax + 4'000);
    before = promotion.promoted;
  }
  CHECK_TRUE(promotion.chunks == kChunks && promotion.promoted == kChunks);
  CHECK_TRUE(promotion.readings == 10 * kChunks);
  CHECK_TRUE(buffer.lanes_are_exact());
}

TEST(Promotion, of_many_small_chunks_goes_in_small_pieces_too) {
  store(300);
  Promotion promotion = span(0, 3'000);
  CHECK_TRUE(buffer.store().promote(promotion).ok());
  CHECK_TRUE(promotion.promoted == kPromotedChunksMax);
  CHECK_FALSE(promotion.done);
}

TEST(Promotion, counts_what_is_in_the_lane_already) {
  store(3);
  Promotion first = span(0, 10);
  finish(first);
  Promotion second = span(0, 100);
  finish(second);
  CHECK_TRUE(second.chunks == 3 && second.promoted == 1);
  CHECK_TRUE(buffer.store().totals().promoted == 3);
}

TEST(Promotion, says_where_readings_are) {
  CHECK_TRUE(buffer.commit({readings(0), readings(10), readings(60)}).ok());
  Promotion promotion = span(0, 100);
  finish(promotion);
  CHECK_TRUE(promotion.covered.size() == 2);
  CHECK_TRUE(promotion.covered[0].first == Instant(seconds(0)));
  CHECK_TRUE(promotion.covered[0].last == Instant(seconds(19)));
  CHECK_TRUE(promotion.covered[1].first == Instant(seconds(60)));
}

TEST(Promotion, gaps_longer_than_a_few_slots_are_stepped_over) {
  CHECK_TRUE(buffer.commit({readings(0), readings(10'000'000)}).ok());
  Promotion promotion = span(0, 20'000'000);
  CHECK_TRUE(finish(promotion) <= 2);
  CHECK_TRUE(promotion.chunks == 2);
}

TEST(Promotion, what_is_promoted_is_delivered_as_ever) {
  store(3);
  Promotion promotion = span(0, 9);
  finish(promotion);
  const Result<AckOutcome> outcome = buffer.store().acknowledge(ack_of({buffer.held(1, 3)}));
  CHECK_TRUE(outcome.ok() && outcome->settled_chunks == 3);
  CHECK_TRUE(buffer.lanes_are_exact());
  CHECK_TRUE(balances(buffer.store().totals()));
}

TEST(Promotion, that_fails_has_done_nothing) {
  store(2);
  Promotion promotion = span(0, 100);
  {
    Result<Connection> other = Connection::open(buffer.options.path, Access::kWrite);
    Transaction busy(*other);
    CHECK_TRUE(failed_with(buffer.store().promote(promotion), ErrorCode::kTimeout));
  }
  CHECK_TRUE(promotion.promoted == 0 && !promotion.done && buffer.store().totals().promoted == 0);
  finish(promotion);
  CHECK_TRUE(promotion.promoted == 2);
}

TEST(Promotion, of_what_was_promoted_the_raw_lane_passes_over_nothing) {
  Result<Connection> connection = Connection::open(buffer.options.path, Access::kRead);
  std::string plan;
  CHECK_TRUE(connection
                 ->for_each("EXPLAIN QUERY PLAN SELECT position FROM pending WHERE lane = ?"
                            " AND position > ? ORDER BY position",
                            {std::int64_t{4}, std::int64_t{0}},
                            [&](const Row& row) {
                              plan += row.text(3);
                              return true;
                            })
                 .ok());
  STRCMP_EQUAL("SEARCH pending USING PRIMARY KEY (lane=? AND position>?)", plan.c_str());
}
