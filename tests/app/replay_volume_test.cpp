#include "app/replay_volume.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

#include "chunk/batch.hpp"
#include "chunk/readings.hpp"
#include "tests/app/sample_config.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(ReplayVolume) {
  config::Config config = sample_config("", {});

  static Reading reading(int second, std::uint16_t channel = 1) {
    return {Instant(seconds(second)), 20.0 + second % 7, ChannelId{channel}, Quality::kGood};
  }
  static const Volume& of(const ReplayVolume& volume, Stream stream) {
    return volume.volumes()[static_cast<std::size_t>(stream)];
  }
};

TEST(ReplayVolume, is_nothing_of_nothing) {
  ReplayVolume volume(config, {});
  volume.finish();
  CHECK_TRUE(volume.volumes() == Volumes{});
}

TEST(ReplayVolume, is_that_of_the_chunks_and_messages_that_would_be_sent) {
  config.seal.seal_after = seconds(30);
  ReplayVolume volume(config, {});
  std::uint64_t chunks = 0;
  std::uint64_t messages = 0;
  std::vector<Reading> readings;
  const auto seal = [&] {
    Chunk chunk;
    const SealedChunk sealed = chunk::encode_readings(readings);
    chunk.header.channel = sealed.channel;
    chunk.header.key.seq = messages + 1;
    chunk.header.count = sealed.count;
    chunk.header.first = sealed.first;
    chunk.header.last = sealed.last;
    chunk.header.crc = checksum_of(chunk.header, sealed.bytes);
    chunk.bytes = sealed.bytes;
    chunks += sealed.bytes.size();
    messages += chunk::encode_batch("plant-7", std::span(&chunk, 1)).size();
    readings.clear();
  };
  for (int second = 0; second < 60; ++second) {
    volume.add(reading(second));
    readings.push_back(reading(second));
    if (readings.size() == 30) seal();
  }
  volume.finish();
  const Volume& raw = of(volume, Stream::kRaw);
  CHECK_TRUE(raw.records == 60 && raw.chunks == 2);
  CHECK_EQUAL(chunks, raw.chunk_bytes);
  // Keys count on, and may take a byte more.
  CHECK_TRUE(raw.batch_bytes >= messages && raw.batch_bytes <= messages + 8);
}

TEST(ReplayVolume, has_a_message_for_each_alert) {
  ReplayVolume volume(config, {});
  AlertEvent event;
  volume.add(event);
  volume.add(event);
  const Volume& events = of(volume, Stream::kEvent);
  CHECK_TRUE(events.records == 2 && events.chunks == 2);
  CHECK_TRUE(events.batch_bytes > events.chunk_bytes);
  CHECK_TRUE(of(volume, Stream::kRaw) == Volume{});
}

TEST(ReplayVolume, splits_what_is_too_much_for_a_message) {
  config.uplink.delivery.batch_bytes_max = 5'000;
  ReplayVolume volume(config, {});
  for (std::uint16_t channel = 0; channel < 200; ++channel) volume.add(reading(1, channel));
  volume.finish();
  const Volume one = of(volume, Stream::kRaw);
  config.uplink.delivery.batch_bytes_max = 500'000;
  ReplayVolume other(config, {});
  for (std::uint16_t channel = 0; channel < 200; ++channel) other.add(reading(1, channel));
  other.finish();
  CHECK_EQUAL(one.chunk_bytes, of(other, Stream::kRaw).chunk_bytes);
  CHECK_TRUE(one.batch_bytes > of(other, Stream::kRaw).batch_bytes);
}
