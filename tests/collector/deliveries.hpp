#pragma once
// What a gateway would send, made by hand: chunks with keys and checksums, as batches.

#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "chunk/batch.hpp"
#include "chunk/events.hpp"
#include "chunk/readings.hpp"
#include "collector/shipment.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/reading.hpp"

namespace sluice::collector {

inline constexpr RunId kRun{{1, 2, 3}};
inline constexpr RunId kOtherRun{{4, 5, 6}};

inline Chunk with_key(SealedChunk sealed, const RunId& run, std::uint64_t seq) {
  Chunk chunk;
  chunk.header.key = {run, sealed.stream, seq};
  chunk.header.channel = sealed.channel;
  chunk.header.count = sealed.count;
  chunk.header.first = sealed.first;
  chunk.header.last = sealed.last;
  chunk.bytes = std::move(sealed.bytes);
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  return chunk;
}

// `count` readings a second apart; the first value is `value`.
inline Chunk raw_chunk(std::uint64_t seq, std::uint32_t count = 10, double value = 1.0,
                       const RunId& run = kRun) {
  std::vector<Reading> readings;
  for (std::uint32_t i = 0; i < count; ++i) {
    const auto ns = static_cast<std::int64_t>(seq * 100 + i) * 1'000'000'000;
    readings.push_back({instant_from_ns(ns), value + i, ChannelId{3}, Quality::kGood});
  }
  return with_key(chunk::encode_readings(readings), run, seq);
}

inline Chunk event_chunk(std::uint64_t seq, const std::vector<Event>& events,
                         const RunId& run = kRun) {
  return with_key(chunk::encode_events(events), run, seq);
}

// Of the raw stream; 10 readings a chunk, as raw_chunk() makes them.
inline Gap gap_of(std::uint64_t first, std::uint64_t last, const RunId& run = kRun) {
  Gap gap;
  gap.run = run;
  gap.reason = GapReason::kQuota;
  gap.first_seq = first;
  gap.last_seq = last;
  gap.readings = 10 * (last - first + 1);
  return gap;
}

inline Bytes batch_of(const std::vector<Chunk>& chunks, const std::string& gateway = "gw") {
  return chunk::encode_batch(gateway, chunks);
}

inline Shipment shipment_of(const std::vector<Chunk>& chunks, const std::string& gateway = "gw") {
  const uplink::Topic topic{uplink::TopicKind::kUp, gateway, chunks.front().header.key.stream};
  return *unpack(topic, batch_of(chunks, gateway));
}

}  // namespace sluice::collector
