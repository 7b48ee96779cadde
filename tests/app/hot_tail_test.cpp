#include "app/hot_tail.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "chunk/frame.hpp"
#include "chunk/readings.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

namespace {

Reading reading(std::uint16_t channel, int second, double value = 0.0) {
  return {Instant(seconds(second)), value, ChannelId{channel}, Quality::kGood};
}

// What the store makes of a sealed chunk, so that it can be decoded.
Chunk stored(const SealedChunk& sealed) {
  Chunk chunk;
  chunk.header.key.stream = sealed.stream;
  chunk.header.key.seq = 1;
  chunk.header.channel = sealed.channel;
  chunk.header.count = sealed.count;
  chunk.header.first = sealed.first;
  chunk.header.last = sealed.last;
  chunk.bytes = sealed.bytes;
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  return chunk;
}

}  // namespace

TEST_GROUP(HotTail) {
  HotTail tail{4};

  void add(const Reading& one) {
    CHECK_TRUE(tail.add(one));
  }
};

TEST(HotTail, begins_empty) {
  CHECK_TRUE(tail.empty());
  CHECK_FALSE(tail.frame().has_value());
  CHECK_TRUE(tail.seal().empty());
}

TEST(HotTail, a_frame_holds_what_no_frame_held_before) {
  add(reading(0, 1));
  add(reading(0, 2));
  CHECK_EQUAL(2U, tail.frame()->count);
  tail.frame_committed(tail.size());
  CHECK_FALSE(tail.frame().has_value());
  add(reading(0, 3, 7.5));
  const storage::Frame frame = *tail.frame();
  CHECK_EQUAL(1U, frame.count);
  const Result<std::vector<Reading>> inside = chunk::decode_frame(frame.bytes);
  CHECK_TRUE(inside.ok());
  CHECK_EQUAL(7.5, inside->front().value);
}

TEST(HotTail, a_declared_calibration_makes_chunks_shorter) {
  HotTail large{100};
  for (int i = 0; i < 100; ++i) {
    CHECK_TRUE(large.add(reading(0, i, (2000 + i % 7) * (3.3 / 4095) + 0.0123)));
  }
  const std::size_t plain = large.seal().front().bytes.size();
  ChannelDeclared channel;
  channel.calibration = {.scale = 3.3 / 4095, .offset = 0.0123};
  large.declare(channel);
  CHECK_TRUE(large.seal().front().bytes.size() < plain);
}

TEST(HotTail, a_frame_that_was_not_committed_is_made_again) {
  add(reading(0, 1));
  static_cast<void>(tail.frame());
  add(reading(0, 2));
  CHECK_EQUAL(2U, tail.frame()->count);
}

TEST(HotTail, counts_what_is_in_memory_only) {
  add(reading(0, 1));
  CHECK_EQUAL(1U, tail.uncommitted());
  tail.frame_committed(tail.size());
  add(reading(0, 2));
  add(reading(0, 3));
  CHECK_EQUAL(2U, tail.uncommitted());
  CHECK_EQUAL(3U, tail.size());
}

TEST(HotTail, refuses_what_does_not_fit) {
  for (int i = 0; i < 4; ++i) add(reading(0, i));
  CHECK_TRUE(tail.full());
  CHECK_FALSE(tail.add(reading(0, 5)));
  CHECK_EQUAL(4U, tail.size());
}

TEST(HotTail, a_committed_frame_makes_no_room) {
  for (int i = 0; i < 4; ++i) add(reading(0, i));
  tail.frame_committed(tail.size());
  CHECK_TRUE(tail.full());
}

TEST(HotTail, sealing_takes_committed_readings_and_new_ones) {
  add(reading(0, 1));
  tail.frame_committed(tail.size());
  add(reading(0, 2));
  const std::vector<SealedChunk> chunks = tail.seal();
  CHECK_EQUAL(1U, chunks.size());
  CHECK_EQUAL(2U, chunks.front().count);
}

TEST(HotTail, a_seal_that_was_not_committed_keeps_everything) {
  add(reading(0, 1));
  static_cast<void>(tail.seal());
  CHECK_EQUAL(1U, tail.size());
  CHECK_EQUAL(1U, tail.seal().front().count);
}

TEST(HotTail, a_committed_seal_leaves_nothing) {
  add(reading(0, 1));
  tail.seal_committed(tail.size());
  CHECK_TRUE(tail.empty());
  CHECK_EQUAL(0U, tail.uncommitted());
  add(reading(0, 2));
  CHECK_EQUAL(1U, tail.uncommitted());
}

TEST(HotTail, the_oldest_stamp_stays_after_a_frame) {
  add(reading(0, 1));
  tail.frame_committed(tail.size());
  add(reading(0, 2));
  CHECK_TRUE(tail.oldest() == Instant(seconds(1)));
}

TEST(HotTail, keeps_what_came_while_it_was_sealed) {
  for (int second = 1; second <= 4; ++second) add(reading(0, second));
  tail.seal_committed(3);
  CHECK_EQUAL(1U, tail.size());
  CHECK_EQUAL(1U, tail.uncommitted());
  CHECK_TRUE(tail.oldest() == reading(0, 4).time);
}

TEST(HotTail, has_committed_nothing_once_its_frames_are_lost) {
  add(reading(0, 1));
  tail.frame_committed(1);
  tail.frames_lost();
  CHECK_EQUAL(1U, tail.uncommitted());
}

TEST(HotTail, the_span_of_a_frame_holds_every_stamp_in_it) {
  // A slow channel's missed tick comes behind a fast channel's newer one.
  add(reading(0, 11));
  add(reading(1, 10));
  const storage::Frame frame = *tail.frame();
  CHECK_TRUE(frame.first == Instant(seconds(10)));
  CHECK_TRUE(frame.last == Instant(seconds(11)));
}

TEST_GROUP(SealByChannel) {
  std::vector<Reading> readings;
};

TEST(SealByChannel, makes_nothing_of_nothing) {
  CHECK_TRUE(seal_by_channel(readings).empty());
}

TEST(SealByChannel, makes_one_chunk_a_channel_in_order_of_their_number) {
  readings = {reading(2, 1), reading(0, 1), reading(2, 2), reading(1, 1)};
  const std::vector<SealedChunk> chunks = seal_by_channel(readings);
  CHECK_EQUAL(3U, chunks.size());
  for (std::uint16_t i = 0; i < 3; ++i) CHECK_EQUAL(i, index_of(chunks[i].channel));
}

TEST(SealByChannel, keeps_the_order_of_each_channel) {
  readings = {reading(1, 1, 1.0), reading(0, 1, 2.0), reading(1, 2, 3.0), reading(1, 3, 4.0)};
  const std::vector<SealedChunk> chunks = seal_by_channel(readings);
  const Result<std::vector<Reading>> inside = chunk::decode_readings(stored(chunks[1]));
  CHECK_TRUE(inside.ok());
  CHECK_EQUAL(3U, inside->size());
  CHECK_EQUAL(1.0, (*inside)[0].value);
  CHECK_EQUAL(3.0, (*inside)[1].value);
  CHECK_EQUAL(4.0, (*inside)[2].value);
}

TEST(SealByChannel, a_channel_with_more_than_a_chunk_should_hold_gets_several) {
  for (int i = 0; i < 4097; ++i) readings.push_back(reading(0, i));
  const std::vector<SealedChunk> chunks = seal_by_channel(readings);
  CHECK_EQUAL(2U, chunks.size());
  CHECK_EQUAL(4096U, chunks[0].count);
  CHECK_EQUAL(1U, chunks[1].count);
}

TEST(SealByChannel, no_chunk_is_too_large_for_a_slow_link) {
  std::mt19937_64 noise(1);
  for (int i = 0; i < 3000; ++i) {
    readings.push_back(reading(0, i, std::bit_cast<double>(noise() >> 2)));
  }
  const std::vector<SealedChunk> chunks = seal_by_channel(readings);
  std::uint32_t count = 0;
  for (const SealedChunk& chunk : chunks) {
    CHECK_TRUE(chunk.bytes.size() <= 4096);
    count += chunk.count;
  }
  CHECK_EQUAL(3000U, count);
  CHECK_TRUE(chunks.size() <= 16);
}
