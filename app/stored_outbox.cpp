#include "app/stored_outbox.hpp"

#include <utility>
#include <vector>

#include "chunk/batch.hpp"

namespace sluice::app {

StoredOutbox::StoredOutbox(storage::Reader reader, std::string gateway, Crossings& crossings)
    : reader_(std::move(reader)), gateway_(std::move(gateway)), crossings_(crossings) {}

Result<std::optional<uplink::Parcel>> StoredOutbox::next(const LaneRange& range,
                                                         std::size_t bytes_max) {
  Result<std::vector<storage::StoredChunk>> stored = reader_.pending(range, bytes_max);
  report();
  if (!stored.ok()) return stored.error();
  return package(range.lane, std::move(*stored));
}

Result<std::uint64_t> StoredOutbox::newest() {
  return reader_.newest_position();
}

Result<std::optional<uplink::Parcel>> StoredOutbox::again(
    Lane lane, std::span<const uplink::Parcel::Item> items) {
  std::vector<std::uint64_t> positions;
  positions.reserve(items.size());
  for (const uplink::Parcel::Item& item : items) positions.push_back(item.position);
  Result<std::vector<storage::StoredChunk>> stored = reader_.at(positions);
  report();
  if (!stored.ok()) return stored.error();
  return package(lane, std::move(*stored));
}

bool StoredOutbox::settle(const Ack& ack) {
  return crossings_.acks.try_push(ack);
}

bool StoredOutbox::settle(const Answered& answered) {
  return crossings_.answered.try_push(answered);
}

Result<std::vector<uplink::StreamState>> StoredOutbox::streams() {
  const Result<std::vector<storage::Holding>> holdings = reader_.holdings();
  if (!holdings.ok()) return holdings.error();
  std::vector<uplink::StreamState> streams;
  for (const storage::Holding& holding : *holdings) {
    streams.push_back({holding.run, holding.stream, holding.pending_chunks, holding.unsettled,
                       holding.asks_last});
  }
  return streams;
}

Result<std::optional<Question>> StoredOutbox::question(const RunId& run, Stream stream,
                                                       std::uint64_t first,
                                                       std::size_t ranges_max) {
  return reader_.question(run, stream, first, ranges_max);
}

void StoredOutbox::report() {
  for (const storage::Suspect& suspect : reader_.take_suspects()) {
    if (!crossings_.suspects.try_push(suspect)) return;
  }
}

std::optional<uplink::Parcel> StoredOutbox::package(
    Lane lane, std::vector<storage::StoredChunk> stored) const {
  if (stored.empty()) return std::nullopt;
  uplink::Parcel parcel;
  parcel.run = stored.front().chunk.header.key.run;
  parcel.stream = stored.front().chunk.header.key.stream;
  std::vector<Chunk> chunks;
  chunks.reserve(stored.size());
  for (storage::StoredChunk& item : stored) {
    parcel.items.push_back({item.position, item.chunk.header.key.seq});
    chunks.push_back(std::move(item.chunk));
  }
  const bool waited = lane == Lane::kBacklog;
  parcel.payload =
      chunk::encode_batch(gateway_, chunks, waited ? chunk::Backlog::kYes : chunk::Backlog::kNo);
  return parcel;
}

}  // namespace sluice::app
