#include "app/replay_volume.hpp"

#include <algorithm>
#include <span>
#include <utility>

#include "chunk/batch.hpp"
#include "chunk/events.hpp"

namespace sluice::app {

ReplayVolume::ReplayVolume(const config::Config& config, ValueHints hints)
    : seal_(config.seal),
      gateway_(config.gateway.id),
      batch_bytes_max_(config.uplink.delivery.batch_bytes_max),
      hints_(std::move(hints)) {
  tail_.reserve(seal_.seal_readings);
}

void ReplayVolume::add(const Reading& reading) {
  if (tail_.size() == seal_.seal_readings ||
      (!tail_.empty() && reading.time - tail_.front().time >= seal_.seal_after)) {
    seal();
  }
  tail_.push_back(reading);
}

void ReplayVolume::add(const AlertEvent& event) {
  const Event one(event);
  std::vector<SealedChunk> sealed;
  sealed.push_back(chunk::encode_events(std::span(&one, 1)));
  package(std::move(sealed));
}

void ReplayVolume::finish() {
  seal();
}

void ReplayVolume::seal() {
  if (tail_.empty()) return;
  package(seal_by_channel(tail_, hints_));
  tail_.clear();
}

void ReplayVolume::package(std::vector<SealedChunk> sealed) {
  Volume& volume = volumes_[static_cast<std::size_t>(sealed.front().stream)];
  std::vector<Chunk> batch;
  std::size_t bytes = 0;
  const auto send = [&] {
    if (!batch.empty()) volume.batch_bytes += chunk::encode_batch(gateway_, batch).size();
    batch.clear();
    bytes = 0;
  };
  for (SealedChunk& one : sealed) {
    const std::size_t packaged = one.bytes.size() + chunk::kHeaderBytesMax;
    if (bytes + packaged + chunk::kBatchOverheadBytes > batch_bytes_max_ ||
        batch.size() == chunk::kChunksPerBatchMax) {
      send();
    }
    bytes += packaged;
    ++volume.chunks;
    volume.records += one.count;
    volume.chunk_bytes += one.bytes.size();
    Chunk chunk;
    chunk.header.key.stream = one.stream;
    chunk.header.key.seq = ++seq_;
    chunk.header.channel = one.channel;
    chunk.header.count = one.count;
    chunk.header.first = one.first;
    chunk.header.last = one.last;
    chunk.header.crc = checksum_of(chunk.header, one.bytes);
    chunk.bytes = std::move(one.bytes);
    batch.push_back(std::move(chunk));
  }
  send();
}

}  // namespace sluice::app
