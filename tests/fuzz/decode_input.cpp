#include "tests/fuzz/decode_input.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <variant>

#include "chunk/batch.hpp"
#include "chunk/events.hpp"
#include "chunk/frame.hpp"
#include "chunk/readings.hpp"
#include "chunk/rejected.hpp"
#include "chunk/rollups.hpp"
#include "core/check.hpp"
#include "core/checksum.hpp"
#include "tests/chunk/samples.hpp"

namespace sluice::fuzz {
namespace {

enum Decoder : unsigned { kBatch, kReadings, kEvents, kRejected, kFrame, kRollups };
constexpr unsigned kDecoderCount = 6;

template <typename Number>
Number take(std::span<const std::byte>& input) {
  Number number{};
  if (input.size() < sizeof(number)) return number;
  std::memcpy(&number, input.data(), sizeof(number));
  input = input.subspan(sizeof(number));
  return number;
}

template <typename Number>
void put(Bytes& out, Number number) {
  const auto bytes = std::as_bytes(std::span(&number, 1));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

Chunk take_chunk(Stream stream, std::span<const std::byte> input) {
  Chunk chunk;
  chunk.header.key.stream = stream;
  chunk.header.key.seq = 1;
  chunk.header.channel = ChannelId{take<std::uint16_t>(input)};
  chunk.header.count = take<std::uint32_t>(input);
  chunk.header.first = instant_from_ns(take<std::int64_t>(input));
  chunk.header.last = instant_from_ns(take<std::int64_t>(input));
  chunk.bytes.assign(input.begin(), input.end());
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  return chunk;
}

Bytes input_of(Decoder decoder) {
  return Bytes{static_cast<std::byte>(decoder)};
}

Bytes input_of(Decoder decoder, const SealedChunk& sealed) {
  Bytes input = input_of(decoder);
  put(input, index_of(sealed.channel));
  put(input, sealed.count);
  put(input, to_ns(sealed.first));
  put(input, to_ns(sealed.last));
  input.insert(input.end(), sealed.bytes.begin(), sealed.bytes.end());
  return input;
}

void check_reading(const Reading& reading, const Reading& before, const ChunkHeader& header) {
  CHECK(reading.channel == header.channel);
  CHECK(static_cast<std::uint8_t>(reading.quality) < kQualityCount);
  CHECK(before.time <= reading.time && reading.time <= header.last);
}

void decode_readings(const Chunk& chunk) {
  const Result<std::vector<Reading>> readings = chunk::decode_readings(chunk);
  if (!readings.ok()) return;
  CHECK(readings->size() == chunk.header.count && readings->front().time == chunk.header.first);
  Reading before = readings->front();
  for (const Reading& reading : *readings) {
    check_reading(reading, before, chunk.header);
    before = reading;
  }
}

void decode_rejected(const Chunk& chunk) {
  const Result<std::vector<chunk::Rejected>> rejected = chunk::decode_rejected(chunk);
  if (!rejected.ok()) return;
  CHECK(rejected->size() == chunk.header.count);
  Reading before = rejected->front().reading;
  for (const chunk::Rejected& one : *rejected) {
    check_reading(one.reading, before, chunk.header);
    before = one.reading;
  }
}

void decode_events(const Chunk& chunk) {
  const Result<std::vector<Event>> events = chunk::decode_events(chunk);
  if (!events.ok()) return;
  CHECK(events->size() == chunk.header.count);
  for (const Event& event : *events) {
    CHECK(chunk.header.first <= time_of(event) && time_of(event) <= chunk.header.last);
  }
  // What is meaningful can be written again.
  static_cast<void>(chunk::encode_events(*events));
}

// Whatever is returned can be asked for everything, and be written again.
void decode_rollups(const Chunk& chunk) {
  const Result<std::vector<Rollup>> rollups = chunk::decode_rollups(chunk);
  if (!rollups.ok()) return;
  CHECK(rollups->size() == chunk.header.count);
  Summary all;
  for (const Rollup& rollup : *rollups) {
    CHECK(chunk.header.first <= rollup.begin && rollup.end() - Duration(1) <= chunk.header.last);
    if (rollup.summary.count() > 0) {
      CHECK(rollup.summary.mean() >= rollup.summary.min());
      CHECK(rollup.summary.deviation() >= 0.0);
    }
    all.add(rollup.summary);
  }
  const SealedChunk again = chunk::encode_rollups(chunk.header.channel, *rollups);
  CHECK(again.first == chunk.header.first && again.last == chunk.header.last);
}

void decode_batch(std::span<const std::byte> input) {
  const Result<chunk::Batch> batch = chunk::decode_batch(input);
  if (!batch.ok()) return;
  CHECK(!batch->chunks.empty() && batch->chunks.size() <= chunk::kChunksPerBatchMax);
  for (const Chunk& chunk : batch->chunks) {
    CHECK(chunk.header.crc == checksum_of(chunk.header, chunk.bytes));
    CHECK(chunk.header.key.seq >= 1 && chunk.header.count >= 1);
    CHECK(chunk.header.first <= chunk.header.last);
    if (chunk.header.key.stream == Stream::kRaw) decode_readings(chunk);
    if (chunk.header.key.stream == Stream::kEvent) decode_events(chunk);
    if (chunk.header.key.stream == Stream::kRejected) decode_rejected(chunk);
    if (chunk.header.key.stream == Stream::kRollup) decode_rollups(chunk);
  }
}

// Its checksum is made right here too.
void decode_frame(std::span<const std::byte> input) {
  Bytes frame(input.begin(), input.end());
  put(frame, crc32(input));
  const Result<std::vector<Reading>> readings = chunk::decode_frame(frame);
  if (readings.ok()) CHECK(chunk::decode_frame(chunk::encode_frame(*readings)).ok());
}

}  // namespace

void decode_input(std::span<const std::byte> input) {
  switch (take<std::uint8_t>(input) % kDecoderCount) {
    case kBatch:
      return decode_batch(input);
    case kReadings:
      return decode_readings(take_chunk(Stream::kRaw, input));
    case kEvents:
      return decode_events(take_chunk(Stream::kEvent, input));
    case kRejected:
      return decode_rejected(take_chunk(Stream::kRejected, input));
    case kRollups:
      return decode_rollups(take_chunk(Stream::kRollup, input));
    default:
      return decode_frame(input);
  }
}

std::vector<Bytes> good_inputs() {
  const std::vector<chunk::ChannelSample> samples = chunk::reading_samples();
  std::vector<Bytes> inputs;
  std::vector<Reading> readings;
  for (const chunk::ChannelSample& sample : samples) {
    inputs.push_back(input_of(kReadings, chunk::encode_readings(sample.readings, sample.hint)));
    readings.insert(readings.end(), sample.readings.begin(), sample.readings.begin() + 1);
  }
  inputs.push_back(input_of(kRejected, chunk::encode_rejected(chunk::rejected_sample())));
  inputs.push_back(input_of(kRollups, chunk::encode_rollups(ChannelId{7}, chunk::rollup_sample())));
  inputs.push_back(input_of(kEvents, chunk::encode_events(chunk::event_sample())));
  const Bytes frame = chunk::encode_frame(readings);
  inputs.push_back(input_of(kFrame));
  inputs.back().insert(inputs.back().end(), frame.begin(), frame.end() - sizeof(std::uint32_t));
  // A few chunks are enough for what a batch is.
  const std::vector<Chunk> chunks = chunk::raw_chunks(samples);
  const Bytes batch = chunk::encode_batch("fuzz", std::span(chunks).first(4));
  inputs.push_back(input_of(kBatch));
  inputs.back().insert(inputs.back().end(), batch.begin(), batch.end());
  return inputs;
}

}  // namespace sluice::fuzz
