#include <algorithm>
#include <filesystem>
#include <limits>
#include <utility>
#include <vector>

#include "app/crossings.hpp"
#include "app/storage_service.hpp"
#include "app/stored_outbox.hpp"
#include "chunk/batch.hpp"
#include "chunk/frame.hpp"
#include "chunk/readings.hpp"
#include "config/config.hpp"
#include "core/check.hpp"
#include "core/event.hpp"
#include "storage/reader.hpp"
#include "tests/bench/processor_time.hpp"
#include "tests/bench/reading_store.hpp"

namespace sluice::bench {
namespace {

constexpr RunId kRun{{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16}};
constexpr const char* kBoot = "01234567-89ab-cdef-0123-456789abcdef";
constexpr std::size_t kRing = 1U << 15U;  // more than a second's readings

app::StorageService::Options service_options(const StoreOptions& options) {
  app::StorageService::Options service;
  service.store.path = options.folder + "/sluice.db";
  if (options.seals_at_once) service.seal.commit_every = service.seal.seal_after;
  service.run = kRun;
  service.boot = kBoot;
  return service;
}

// As the loop's plan declares its channels to storage.
std::vector<Event> declarations(const std::vector<DeclaredChannel>& channels, Instant now) {
  std::vector<Event> events;
  for (const DeclaredChannel& channel : channels) {
    ChannelDeclared declared;
    declared.time = now;
    declared.channel = static_cast<ChannelId>(events.size());
    declared.name = channel.name;
    if (channel.scale) declared.calibration = {*channel.scale, channel.offset};
    events.emplace_back(declared);
  }
  return events;
}

// What the collector would acknowledge.
Ack acknowledgement(const std::vector<Chunk>& chunks) {
  const ChunkKey& first = chunks.front().header.key;
  Ack ack{first.run, first.stream, {}, {}};
  Interval held{first.seq, chunks.back().header.key.seq, 0};
  for (const Chunk& chunk : chunks) held.check += chunk.header.crc;
  ack.held.push_back(held);
  return ack;
}

class GatewayStore final : public ReadingStore {
 public:
  GatewayStore(const StoreOptions& options, Instant now)
      : options_(service_options(options)), crossings_(kRing) {
    Result<app::StorageService> opened = app::StorageService::open(options_, crossings_, now);
    CHECK(opened.ok());
    service_ = std::make_unique<app::StorageService>(std::move(*opened));
    uplink::Snapshot link;
    link.link_up = options.link_up;
    link.delivery.raw_handed_over = std::numeric_limits<std::uint64_t>::max();
    crossings_.uplink.publish(link);
    CHECK(crossings_.notes.try_push(declarations(options.channels, now)));
  }

  void add_second(std::span<const Reading> readings, Instant now) override {
    for (const Reading& reading : readings) CHECK(crossings_.readings.try_push(reading));
    service_->step(now);
    CHECK(service_->status().commit_failures == 0);
  }

  std::uint64_t log_bytes() const override { return service_->status().written.log; }

  void finish(Instant now) override {
    CHECK(service_->finish(now).ok());
    service_.reset();
  }

  Drained drain(Instant now) override {
    Result<storage::Reader> reader = storage::Reader::open(options_.store.path);
    CHECK(reader.ok());
    app::StoredOutbox outbox(std::move(*reader), "gateway-7", crossings_);
    Drained drained;
    for (;;) {
      double begin = processor_ns();
      const auto parcel = outbox.next({Lane::kRaw}, uplink::Options().batch_bytes_max);
      drained.processor_ns += processor_ns() - begin;
      CHECK(parcel.ok());
      if (!parcel->has_value()) return drained;
      const Result<chunk::Batch> batch = chunk::decode_batch((*parcel)->payload);
      CHECK(batch.ok());
      for (const Chunk& chunk : batch->chunks) drained.readings += chunk.header.count;
      CHECK(crossings_.acks.try_push(acknowledgement(batch->chunks)));
      begin = processor_ns();
      service_->step(now);
      drained.processor_ns += processor_ns() - begin;
    }
  }

  void prepare_queries() override {
    Result<storage::Reader> reader = storage::Reader::open(options_.store.path);
    CHECK(reader.ok());
    reader_ = std::make_unique<storage::Reader>(std::move(*reader));
  }

  std::size_t query(ChannelId channel, Instant from, Instant to) override {
    constexpr std::size_t kBytesMax = 64 * 1024;  // read at once
    const auto inside = [&](const Reading& reading) {
      return reading.channel == channel && reading.time >= from && reading.time < to;
    };
    storage::Bookmark bookmark;
    std::ptrdiff_t count = 0;
    for (bool last = false; !last;) {
      const auto part =
          reader_->range({kRun, Stream::kRaw, channel, from, to}, bookmark, kBytesMax);
      CHECK(part.ok());
      for (const storage::StoredChunk& stored : part->chunks) {
        const Result<std::vector<Reading>> readings = chunk::decode_readings(stored.chunk);
        CHECK(readings.ok());
        count += std::count_if(readings->begin(), readings->end(), inside);
      }
      for (const Bytes& frame : part->frames) {
        const Result<std::vector<Reading>> readings = chunk::decode_frame(frame);
        CHECK(readings.ok());
        count += std::count_if(readings->begin(), readings->end(), inside);
      }
      last = part->last;
    }
    return static_cast<std::size_t>(count);
  }

  std::size_t bytes() const override { return std::filesystem::file_size(options_.store.path); }

 private:
  app::StorageService::Options options_;
  app::Crossings crossings_;
  std::unique_ptr<app::StorageService> service_;
  std::unique_ptr<storage::Reader> reader_;
};

}  // namespace

std::unique_ptr<ReadingStore> gateway_store(const StoreOptions& options, Instant now) {
  return std::make_unique<GatewayStore>(options, now);
}

}  // namespace sluice::bench
