#include "chunk/batch.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <vector>

#include "tests/chunk/damage.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

Chunk chunk_of(std::uint64_t seq, std::size_t size) {
  SealedChunk sealed;
  sealed.stream = Stream::kRaw;
  sealed.channel = ChannelId{static_cast<std::uint16_t>(seq)};
  sealed.count = 10;
  sealed.first = instant_from_ns(-5);
  sealed.last = instant_from_ns(1'000'000);
  sealed.bytes.assign(size, static_cast<std::byte>(seq));
  return keyed(std::move(sealed), seq);
}

Bytes bytes_of(std::initializer_list<unsigned> values) {
  Bytes bytes;
  for (const unsigned value : values) bytes.push_back(static_cast<std::byte>(value));
  return bytes;
}

bool same(const Chunk& a, const Chunk& b) {
  return a.header.key == b.header.key && a.header.channel == b.header.channel &&
         a.header.count == b.header.count && a.header.first == b.header.first &&
         a.header.last == b.header.last && a.header.crc == b.header.crc && a.bytes == b.bytes;
}

bool is_corrupt(std::span<const std::byte> payload) {
  const Result<Batch> decoded = decode_batch(payload);
  return !decoded.ok() && decoded.error().code == ErrorCode::kCorrupt;
}

}  // namespace

TEST_GROUP(Batch) {
  std::vector<Chunk> chunks{chunk_of(3, 40), chunk_of(4, 1), chunk_of(9, 0)};

  // Right, or refused: nothing between.
  void check_right(const Bytes& payload) {
    const Result<Batch> decoded = decode_batch(payload);
    if (!decoded.ok()) {
      CHECK_TRUE(decoded.error().code == ErrorCode::kCorrupt);
      return;
    }
    CHECK_TRUE(decoded->gateway == "gateway");
    CHECK_TRUE(std::equal(chunks.begin(), chunks.end(), decoded->chunks.begin(),
                          decoded->chunks.end(), same));
  }
};

TEST(Batch, says_whether_it_is_of_the_backlog) {
  const Bytes news = encode_batch("gateway", chunks);
  const Bytes history = encode_batch("gateway", chunks, Backlog::kYes);
  CHECK_FALSE(decode_batch(news)->backlog);
  CHECK_TRUE(decode_batch(history)->backlog);
  CHECK_EQUAL(news.size(), history.size());
  flip_every_bit(news, [](const Bytes& bad) {
    const Result<Batch> decoded = decode_batch(bad);
    CHECK_FALSE(decoded.ok() && decoded->backlog);
  });
}

TEST(Batch, gives_back_gateway_and_chunks) {
  const Result<Batch> decoded = decode_batch(encode_batch("gate-1_A", chunks));
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(decoded->gateway == "gate-1_A");
  CHECK_TRUE(decoded->chunks.size() == chunks.size());
  for (std::size_t i = 0; i < chunks.size(); ++i) CHECK_TRUE(same(decoded->chunks[i], chunks[i]));
}

TEST(Batch, writes_the_example_of_the_page_on_the_format) {
  Chunk chunk;
  chunk.header.key.run.bytes.fill(0x5A);
  chunk.header.key.seq = 7;
  chunk.header.channel = ChannelId{3};
  chunk.header.count = 3;
  chunk.header.first = instant_from_ns(1'000'000'000);
  chunk.header.last = instant_from_ns(3'000'000'000);
  chunk.bytes = bytes_of({0x09, 0x8d, 0xeb, 0xe1, 0x98, 0x04});
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  const Bytes expected = bytes_of(
      {0x0c, 0,    0,    0,    0x08, 0,    0x18, 0,    0x04, 0,    0x14, 0,    0x08, 0,    0,
       0,    0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a, 0x5a,
       0x5a, 0x5a, 0x04, 0,    0,    0,    0x12, 0,    0,    0,    0x22, 0x3a, 0x17, 0x0e, 0xb5,
       0x00, 0x18, 0xd9, 0x77, 0xad, 0x25, 0x4e, 0x09, 0x8d, 0xeb, 0xe1, 0x98, 0x04});
  CHECK_TRUE(encode_batch("g", {&chunk, 1}) == expected);
}

TEST(Batch, says_what_chunks_share_once) {
  std::vector<Chunk> alike;
  for (std::uint64_t seq = 1; seq <= 10; ++seq) {
    alike.push_back(chunk_of(seq, 40));
    std::fill(alike.back().bytes.begin(), alike.back().bytes.end() - 2, std::byte{7});
    alike.back().header.crc = checksum_of(alike.back().header, alike.back().bytes);
  }
  const Bytes payload = encode_batch("gateway", alike);
  CHECK_TRUE(payload.size() < 40 + 10 * 4 + 60);
  const Result<Batch> decoded = decode_batch(payload);
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(
      std::equal(alike.begin(), alike.end(), decoded->chunks.begin(), decoded->chunks.end(), same));
}

TEST(Batch, costs_a_byte_and_a_half_a_chunk_that_was_to_be_expected) {
  std::vector<Chunk> expected;
  for (std::uint64_t seq = 1; seq <= 1'000; ++seq) {
    expected.push_back(chunk_of(seq, 10 + static_cast<std::size_t>(seq % 3)));
    expected.back().bytes[0] = static_cast<std::byte>(seq);
  }
  std::size_t bytes = 0;
  for (Chunk& chunk : expected) {
    chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
    bytes += chunk.bytes.size();
  }
  CHECK_TRUE(encode_batch("gateway", expected).size() < bytes + 1'500);
}

TEST(Batch, chunks_that_share_too_much_are_corrupt) {
  // Each of a megabyte that stands there once: harmless as an input, not as chunks.
  const Chunk large = chunk_of(1, 900'000);
  Chunk again = large;
  CHECK_TRUE(is_corrupt(encode_batch("g", std::vector<Chunk>{large, again})));
  CHECK_FALSE(is_corrupt(encode_batch("g", std::vector<Chunk>{large})));
}

TEST(Batch, carries_rollups_as_they_are) {
  for (Chunk& chunk : chunks) {
    chunk.header.key.stream = Stream::kRollup;
    chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  }
  const Result<Batch> decoded = decode_batch(encode_batch("g", chunks));
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(std::equal(chunks.begin(), chunks.end(), decoded->chunks.begin(),
                        decoded->chunks.end(), same));
}

TEST(Batch, the_most_chunks_with_any_headers_fit) {
  Made made(9);
  std::vector<Chunk> many;
  for (std::size_t i = 0; i < kChunksPerBatchMax; ++i) {
    many.push_back(chunk_of(made.bits(), 100));
    many.back().header.first = instant_from_ns(static_cast<std::int64_t>(made.bits()));
    many.back().header.last = Instant::max();
    many.back().header.count = static_cast<std::uint32_t>(made.bits()) | 1U;
    for (std::byte& byte : many.back().bytes) byte = static_cast<std::byte>(made.bits());
    many.back().header.crc = checksum_of(many.back().header, many.back().bytes);
  }
  const Bytes payload = encode_batch(std::string(kGatewayIdMax, 'x'), many);
  CHECK_TRUE(payload.size() <= kChunksPerBatchMax * (100 + kHeaderBytesMax) + kBatchOverheadBytes);
  CHECK_TRUE(decode_batch(payload).ok());
}

TEST(Batch, gives_back_the_most_chunks) {
  const std::vector<Chunk> many(kChunksPerBatchMax, chunk_of(1, 8));
  const Result<Batch> decoded = decode_batch(encode_batch("g", many));
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(decoded->chunks.size() == many.size());
}

TEST(Batch, is_read_from_any_address) {
  const Bytes payload = encode_batch("g", chunks);
  for (std::size_t shift = 0; shift < 8; ++shift) {
    Bytes shifted(shift);
    shifted.insert(shifted.end(), payload.begin(), payload.end());
    CHECK_TRUE(decode_batch(std::span(shifted).subspan(shift)).ok());
  }
}

TEST(Batch, nothing_is_corrupt) {
  CHECK_TRUE(is_corrupt({}));
}

TEST(Batch, more_than_a_megabyte_is_corrupt) {
  CHECK_TRUE(is_corrupt(Bytes(kBatchBytesMax + 1)));
}

TEST(Batch, a_flipped_bit_never_makes_another_chunk) {
  // Outside the checksum are only bits of FlatBuffers that mean nothing.
  flip_every_bit(encode_batch("gateway", chunks), [&](const Bytes& bad) {
    const Result<Batch> decoded = decode_batch(bad);
    if (!decoded.ok()) return;
    CHECK_TRUE(decoded->gateway == "gateway");
    CHECK_TRUE(decoded->chunks.size() == chunks.size());
    for (std::size_t i = 0; i < decoded->chunks.size(); ++i) {
      CHECK_TRUE(same(decoded->chunks[i], chunks[i]));
    }
  });
}

TEST(Batch, every_shorter_length_is_corrupt_or_right) {
  cut_at_every_length(encode_batch("gateway", chunks), [&](const Bytes& bad) { check_right(bad); });
}

TEST(Batch, a_random_mutation_is_corrupt_or_right) {
  mutate(encode_batch("gateway", chunks), 14, 10'000, [&](const Bytes& bad) { check_right(bad); });
}
