#include "chunk/batch.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "tests/chunk/damage.hpp"

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

TEST(Batch, gives_back_gateway_and_chunks) {
  const Result<Batch> decoded = decode_batch(encode_batch("gate-1_A", chunks));
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(decoded->gateway == "gate-1_A");
  CHECK_TRUE(decoded->chunks.size() == chunks.size());
  for (std::size_t i = 0; i < chunks.size(); ++i) CHECK_TRUE(same(decoded->chunks[i], chunks[i]));
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
