#include <utility>

#include "chunk/batch.hpp"
#include "chunk/readings.hpp"
#include "core/check.hpp"
#include "tests/bench/format.hpp"

namespace sluice::bench {
namespace {

// The key that storage would give it.
Chunk keyed(SealedChunk sealed, std::uint64_t seq) {
  Chunk chunk;
  chunk.header.key = {kRun, sealed.stream, seq};
  chunk.header.channel = sealed.channel;
  chunk.header.count = sealed.count;
  chunk.header.first = sealed.first;
  chunk.header.last = sealed.last;
  chunk.header.crc = checksum_of(chunk.header, sealed.bytes);
  chunk.bytes = std::move(sealed.bytes);
  return chunk;
}

Bytes encode(const Group& group) {
  std::vector<Chunk> chunks;
  for (const std::span<const Reading> readings : group.channels) {
    const DeclaredChannel& declared = group.declared[index_of(readings.front().channel)];
    chunk::ValueHint hint;
    if (declared.scale) hint = {*declared.scale, declared.offset};
    chunks.push_back(keyed(chunk::encode_readings(readings, hint), chunks.size() + 1));
  }
  return chunk::encode_batch(kGatewayId, chunks);
}

std::vector<Reading> decode(std::span<const std::byte> payload,
                            std::span<const DeclaredChannel> /*declared*/) {
  const Result<chunk::Batch> batch = chunk::decode_batch(payload);
  CHECK(batch.ok());
  std::vector<Reading> readings;
  for (const Chunk& chunk : batch->chunks) {
    const Result<std::vector<Reading>> decoded = chunk::decode_readings(chunk);
    CHECK(decoded.ok());
    readings.insert(readings.end(), decoded->begin(), decoded->end());
  }
  return readings;
}

}  // namespace

Format chunks() {
  return {"sluice", Order::kChannel, encode, decode};
}

}  // namespace sluice::bench
