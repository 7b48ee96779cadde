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

std::size_t place_of(const Bytes& bytes, const std::string& text) {
  const auto at = std::search(bytes.begin(), bytes.end(), text.begin(), text.end(),
                              [](std::byte a, char b) { return a == static_cast<std::byte>(b); });
  CHECK_TRUE(at != bytes.end());
  return static_cast<std::size_t>(at - bytes.begin());
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
    for (const Chunk& chunk : decoded->chunks) {
      CHECK_TRUE(checksum_of(chunk.header, chunk.bytes) == chunk.header.crc);
    }
  }
};

TEST(Batch, gives_back_gateway_and_chunks) {
  const Result<Batch> decoded = decode_batch(encode_batch("gate-1_A", chunks));
  CHECK_TRUE(decoded.ok());
  CHECK_TRUE(decoded->gateway == "gate-1_A");
  CHECK_TRUE(decoded->chunks.size() == chunks.size());
  for (std::size_t i = 0; i < chunks.size(); ++i) CHECK_TRUE(same(decoded->chunks[i], chunks[i]));
}

TEST(Batch, costs_40_bytes_a_chunk) {
  const std::size_t one = encode_batch("g", std::span(chunks).first(1)).size();
  const std::size_t two = encode_batch("g", std::vector<Chunk>{chunks[0], chunks[0]}).size();
  CHECK_TRUE(two - one == 40 + chunks[0].bytes.size());
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

TEST(Batch, a_chunk_with_a_wrong_checksum_is_corrupt) {
  ++chunks[1].header.crc;
  CHECK_TRUE(is_corrupt(encode_batch("g", chunks)));
}

TEST(Batch, a_chunk_without_a_key_or_records_is_corrupt) {
  const auto with = [](auto change) {
    Chunk chunk = chunk_of(1, 8);
    change(chunk.header);
    chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
    return encode_batch("g", {&chunk, 1});
  };
  CHECK_TRUE(is_corrupt(with([](ChunkHeader& header) { header.key.seq = 0; })));
  CHECK_TRUE(is_corrupt(with([](ChunkHeader& header) { header.count = 0; })));
  CHECK_TRUE(is_corrupt(with([](ChunkHeader& header) { header.first = Instant::max(); })));
}

TEST(Batch, nothing_is_corrupt) {
  CHECK_TRUE(is_corrupt({}));
}

TEST(Batch, more_than_a_megabyte_is_corrupt) {
  CHECK_TRUE(is_corrupt(Bytes(kBatchBytesMax + 1)));
}

TEST(Batch, a_flipped_bit_never_makes_another_chunk) {
  // Outside the checksums are the gateway's name, padding, and how many chunks there are: a batch
  // is packaging only, and a chunk that is missing from it comes again.
  flip_every_bit(encode_batch("gateway", chunks), [&](const Bytes& bad) {
    const Result<Batch> decoded = decode_batch(bad);
    if (!decoded.ok()) return;
    CHECK_TRUE(decoded->chunks.size() <= chunks.size());
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

TEST(Batch, an_unlike_gateway_id_is_corrupt) {
  Bytes bad = encode_batch("gateway", chunks);
  bad[place_of(bad, "gateway")] = static_cast<std::byte>('/');
  CHECK_TRUE(is_corrupt(bad));
}

TEST(Batch, bytes_behind_the_last_chunk_are_corrupt) {
  Chunk chunk = chunk_of(0x6C6B6A6968676665, 8);  // a key that is found again
  const std::span<const std::byte> half = std::span(chunk.bytes).first(4);
  chunk.header.crc = checksum_of(chunk.header, half);
  Bytes payload = encode_batch("gateway", {&chunk, 1});
  // `end` stands 32 bytes behind `seq` in a header.
  payload[place_of(payload, "efghijkl") + 32] = std::byte{4};
  CHECK_TRUE(is_corrupt(payload));
}
