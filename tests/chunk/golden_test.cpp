#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "chunk/batch.hpp"
#include "chunk/events.hpp"
#include "chunk/frame.hpp"
#include "chunk/readings.hpp"
#include "chunk/rejected.hpp"
#include "chunk/rollups.hpp"
#include "core/checksum.hpp"
#include "tests/chunk/damage.hpp"
#include "tests/chunk/samples.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

// Every machine writes the same bytes and reads the same values out of them: the constants are the
// same on x86-64, aarch64 and armv7. Who changes the format, or what the encoder chooses, changes
// them here, and knows that it was meant.

TEST_GROUP(Golden){};

TEST(Golden, a_batch_of_readings_is_the_same_everywhere) {
  const Bytes batch = encode_batch("golden", raw_chunks(reading_samples()));
  UNSIGNED_LONGS_EQUAL(0x8832AE47, crc32(batch));
}

TEST(Golden, values_read_are_the_same_everywhere) {
  std::uint32_t crc = 0;
  for (const Chunk& chunk : raw_chunks(reading_samples())) {
    const Result<std::vector<Reading>> readings = decode_readings(chunk);
    CHECK_TRUE(readings.ok());
    for (const Reading& reading : *readings) {
      const auto value = std::bit_cast<std::uint64_t>(reading.value);
      crc = crc32(std::as_bytes(std::span(&value, 1)), crc);
    }
  }
  UNSIGNED_LONGS_EQUAL(0xFDF5627C, crc);
}

TEST(Golden, events_and_rejected_readings_are_the_same_everywhere) {
  UNSIGNED_LONGS_EQUAL(0x14F35688, crc32(encode_events(event_sample()).bytes));
  UNSIGNED_LONGS_EQUAL(0xA7BA0D6B, crc32(encode_rejected(rejected_sample()).bytes));
}

TEST(Golden, rollups_are_the_same_everywhere) {
  UNSIGNED_LONGS_EQUAL(0x43325307, crc32(encode_rollups(ChannelId{7}, rollup_sample()).bytes));
}

TEST(Golden, a_frame_is_the_same_everywhere) {
  std::vector<Reading> readings;
  for (const ChannelSample& sample : reading_samples()) {
    readings.insert(readings.end(), sample.readings.begin(), sample.readings.end());
  }
  // Of all with its own checksum behind it a CRC is always the same.
  const Bytes frame = encode_frame(readings);
  UNSIGNED_LONGS_EQUAL(0x639BE754,
                       crc32(std::span(frame).first(frame.size() - sizeof(std::uint32_t))));
}
