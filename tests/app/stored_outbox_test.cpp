#include "app/stored_outbox.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "app/storage_service.hpp"
#include "chunk/batch.hpp"
#include "tests/app/buffer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

namespace {

constexpr std::size_t kPlenty = 64 * 1024;

}  // namespace

TEST_GROUP(StoredOutbox) {
  Buffer buffer;
  const Instant start{seconds(1000)};
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(1'000);
  std::unique_ptr<StorageService> service;
  std::unique_ptr<StoredOutbox> outbox;

  void setup() override {
    open(1);
    outbox = std::make_unique<StoredOutbox>(buffer.reader(), "plant-7", *crossings);
  }
  void open(std::uint8_t run) {
    StorageService::Options options;
    options.store.path = buffer.path();
    options.seal = {seconds(1), std::chrono::hours(1), 10};
    options.run = run_number(run);
    options.boot = kBoot;
    service.reset();
    Result<StorageService> opened = StorageService::open(options, *crossings, start);
    CHECK_TRUE(opened.ok());
    service = std::make_unique<StorageService>(std::move(*opened));
  }
  // Ten readings of channel 0, sealed into one chunk.
  void store_chunk(int number) {
    for (int i = 0; i < 10; ++i) {
      const Instant time = start + seconds(10 * number + i);
      CHECK_TRUE(crossings->readings.try_push({time, 0.5 * i, ChannelId{0}, Quality::kGood}));
    }
    service->step(start + seconds(10 * number + 9));
  }
  uplink::Parcel next(std::uint64_t after = 0, std::size_t bytes_max = kPlenty) {
    Result<std::optional<uplink::Parcel>> parcel = outbox->next({Lane::kRaw, after}, bytes_max);
    CHECK_TRUE(parcel.ok() && parcel->has_value());
    return **parcel;
  }
};

TEST(StoredOutbox, has_nothing_while_nothing_is_pending) {
  const auto parcel = outbox->next({Lane::kRaw}, kPlenty);
  CHECK_TRUE(parcel.ok());
  CHECK_FALSE(parcel->has_value());
}

TEST(StoredOutbox, packages_what_is_pending) {
  store_chunk(0);
  store_chunk(1);
  const uplink::Parcel parcel = next();
  CHECK_TRUE(parcel.run == run_number(1));
  CHECK_TRUE(parcel.stream == Stream::kRaw);
  CHECK_EQUAL(2U, parcel.items.size());
  CHECK_EQUAL(1U, parcel.items[0].seq);
  CHECK_EQUAL(2U, parcel.items[1].seq);
  CHECK_TRUE(parcel.items[0].position < parcel.items[1].position);
}

TEST(StoredOutbox, the_batch_gives_back_the_stored_chunks) {
  store_chunk(0);
  store_chunk(1);
  const Result<chunk::Batch> batch = chunk::decode_batch(next().payload);
  CHECK_TRUE(batch.ok());
  STRCMP_EQUAL("plant-7", batch->gateway.c_str());
  const std::vector<Chunk> stored = buffer.chunks(Stream::kRaw);
  CHECK_EQUAL(stored.size(), batch->chunks.size());
  for (std::size_t i = 0; i < stored.size(); ++i) {
    CHECK_TRUE(batch->chunks[i].header.key == stored[i].header.key);
    CHECK_EQUAL(stored[i].header.crc, batch->chunks[i].header.crc);
    CHECK_TRUE(batch->chunks[i].bytes == stored[i].bytes);
  }
}

TEST(StoredOutbox, says_that_a_batch_is_of_the_backlog) {
  store_chunk(0);
  const auto is_backlog = [](const Result<std::optional<uplink::Parcel>>& parcel) {
    CHECK_TRUE(parcel.ok() && parcel->has_value());
    return chunk::decode_batch((*parcel)->payload)->backlog;
  };
  CHECK_FALSE(is_backlog(outbox->next({Lane::kRaw}, kPlenty)));
  CHECK_TRUE(is_backlog(outbox->next({Lane::kBacklog}, kPlenty)));
  const std::vector<uplink::Parcel::Item> items = next().items;
  CHECK_FALSE(is_backlog(outbox->again(Lane::kRaw, items)));
  CHECK_TRUE(is_backlog(outbox->again(Lane::kBacklog, items)));
}

TEST(StoredOutbox, goes_on_behind_a_position) {
  store_chunk(0);
  store_chunk(1);
  const std::uint64_t first = next().items[0].position;
  const uplink::Parcel rest = next(first);
  CHECK_EQUAL(1U, rest.items.size());
  CHECK_EQUAL(2U, rest.items[0].seq);
  const auto nothing = outbox->next({Lane::kRaw, rest.items[0].position}, kPlenty);
  CHECK_TRUE(nothing.ok() && !nothing->has_value());
}

TEST(StoredOutbox, a_small_batch_holds_one_chunk_at_least) {
  store_chunk(0);
  store_chunk(1);
  CHECK_EQUAL(1U, next(0, 1).items.size());
}

TEST(StoredOutbox, a_batch_holds_chunks_of_one_run) {
  store_chunk(0);
  CHECK_TRUE(service->finish(start + seconds(10)).ok());
  open(2);
  store_chunk(2);
  const uplink::Parcel parcel = next();
  CHECK_EQUAL(1U, parcel.items.size());
  CHECK_TRUE(parcel.run == run_number(1));
  CHECK_TRUE(next(parcel.items[0].position).run == run_number(2));
}

TEST(StoredOutbox, packages_again_what_is_still_pending) {
  store_chunk(0);
  store_chunk(1);
  const uplink::Parcel parcel = next();
  std::vector<Chunk> first = buffer.chunks(Stream::kRaw);
  first.resize(1);
  CHECK_TRUE(outbox->settle(ack_of(first)));
  service->step(start + seconds(30));
  const auto again = outbox->again(Lane::kRaw, parcel.items);
  CHECK_TRUE(again.ok() && again->has_value());
  CHECK_EQUAL(1U, (*again)->items.size());
  CHECK_EQUAL(2U, (*again)->items[0].seq);
}

TEST(StoredOutbox, has_nothing_to_send_again_when_all_is_settled) {
  store_chunk(0);
  const uplink::Parcel parcel = next();
  CHECK_TRUE(outbox->settle(ack_of(buffer.chunks(Stream::kRaw))));
  service->step(start + seconds(30));
  const auto again = outbox->again(Lane::kRaw, parcel.items);
  CHECK_TRUE(again.ok());
  CHECK_FALSE(again->has_value());
}

TEST(StoredOutbox, passes_an_acknowledgement_on_to_storage) {
  Ack ack;
  ack.run = run_number(1);
  CHECK_TRUE(outbox->settle(ack));
  CHECK_EQUAL(1U, crossings->acks.size());
}

TEST(StoredOutbox, says_when_storage_is_behind) {
  for (std::size_t i = 0; i < Crossings::kRequestsMax; ++i) CHECK_TRUE(outbox->settle(Ack{}));
  CHECK_FALSE(outbox->settle(Ack{}));
}
