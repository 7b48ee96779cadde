#pragma once
// One batch as it arrived, verified. Pure functions, any thread.

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "uplink/topics.hpp"

namespace sluice::collector {

struct ArrivedChunk {
  Chunk chunk;  // checksum verified
  // False when this program cannot read the inside, perhaps because a newer one wrote it. That is
  // no reason to lose it: the bytes are kept as they came.
  bool readable = true;
  std::vector<Event> events;  // of a readable chunk of stream kEvent
};

// All chunks are of `run` and `stream`, and 1 <= seq <= kSeqMax.
struct Shipment {
  std::string gateway;
  RunId run;
  Stream stream = Stream::kRaw;
  bool backlog = false;  // waited while there was no link
  std::vector<ArrivedChunk> chunks;
};

// kCorrupt when the batch is damaged, kRefused when it is not what its topic says: nobody may
// deliver in another gateway's name.
Result<Shipment> unpack(const uplink::Topic& topic, std::span<const std::byte> payload);

}  // namespace sluice::collector
