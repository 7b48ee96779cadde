#include "collector/shipment.hpp"

#include <utility>

#include "chunk/batch.hpp"
#include "chunk/events.hpp"
#include "chunk/readings.hpp"

namespace sluice::collector {
namespace {

ArrivedChunk examine(Chunk chunk) {
  ArrivedChunk arrived{std::move(chunk), true, {}};
  switch (arrived.chunk.header.key.stream) {
    case Stream::kEvent:
      if (Result<std::vector<Event>> events = chunk::decode_events(arrived.chunk)) {
        arrived.events = std::move(*events);
      } else {
        arrived.readable = false;
      }
      break;
    case Stream::kRaw:
      // Looked at and let go: a thousand chunks of equal values unfold to gigabytes.
      arrived.readable = chunk::decode_readings(arrived.chunk).ok();
      break;
    case Stream::kRollup:
    case Stream::kRejected:
      break;  // not read by this program
  }
  return arrived;
}

}  // namespace

Result<Shipment> unpack(const uplink::Topic& topic, std::span<const std::byte> payload) {
  Result<chunk::Batch> batch = chunk::decode_batch(payload);
  if (!batch) return batch.error();
  if (batch->gateway != topic.gateway) {
    return Error{ErrorCode::kRefused, "gateway " + topic.gateway + " delivers in another's name"};
  }
  Shipment shipment;
  shipment.gateway = std::move(batch->gateway);
  shipment.run = batch->chunks.front().header.key.run;
  shipment.stream = batch->chunks.front().header.key.stream;
  shipment.backlog = batch->backlog;
  if (shipment.stream != topic.stream) {
    return Error{ErrorCode::kRefused, "the batch is of another stream than its topic"};
  }
  for (Chunk& chunk : batch->chunks) {
    const std::uint64_t seq = chunk.header.key.seq;
    if (seq < 1 || seq > kSeqMax) return Error{ErrorCode::kRefused, "a key is out of range"};
    shipment.chunks.push_back(examine(std::move(chunk)));
  }
  return shipment;
}

}  // namespace sluice::collector
