#include "core/chunk.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice {

TEST_GROUP(Chunk){static RunId counting_run(){RunId run;
for (std::uint8_t i = 0; i < 16; ++i) run.bytes[i] = i;
return run;
}  // namespace sluice
static ChunkHeader header() {
  return ChunkHeader{.key = {.run = counting_run(), .stream = Stream::kRaw, .seq = 7},
                     .channel = ChannelId{3},
                     .count = 100,
                     .first = instant_from_ns(1000),
                     .last = instant_from_ns(-5)};
}
static std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}
}
;

TEST(Chunk, writes_a_run_id_as_hexadecimal_digits) {
  STRCMP_EQUAL("000102030405060708090a0b0c0d0e0f", to_hex(counting_run()).c_str());
}

TEST(Chunk, reads_a_run_id_back) {
  const Result<RunId> run = parse_run_id("000102030405060708090a0b0c0d0eff");
  CHECK_TRUE(run.ok());
  CHECK_EQUAL(0xFF, run->bytes[15]);
  STRCMP_EQUAL("000102030405060708090a0b0c0d0eff", to_hex(*run).c_str());
}

TEST(Chunk, refuses_what_is_no_run_id) {
  for (const std::string_view text :
       {"", "00", "000102030405060708090a0b0c0d0e0", "000102030405060708090a0b0c0d0e0f0",
        "g00102030405060708090a0b0c0d0e0f", "0x0102030405060708090a0b0c0d0e0f",
        " 00102030405060708090a0b0c0d0e0f", "-10102030405060708090a0b0c0d0e0f"}) {
    const Result<RunId> run = parse_run_id(text);
    CHECK_FALSE(run.ok());
    ENUMS_EQUAL_INT(ErrorCode::kInvalid, run.error().code);
  }
}

TEST(Chunk, reads_every_stream_name_back) {
  for (std::uint8_t i = 0; i < kStreamCount; ++i) {
    const auto stream = static_cast<Stream>(i);
    CHECK_TRUE(*parse_stream(name_of(stream)) == stream);
  }
}

TEST(Chunk, refuses_what_is_no_stream) {
  for (const std::string_view name : {"", "Raw", "raw ", "events"}) {
    const Result<Stream> stream = parse_stream(name);
    CHECK_FALSE(stream.ok());
    ENUMS_EQUAL_INT(ErrorCode::kInvalid, stream.error().code);
  }
}

TEST(Chunk, orders_keys_by_run_then_stream_then_number) {
  RunId later = counting_run();
  later.bytes[0] = 1;
  const ChunkKey key{.run = counting_run(), .stream = Stream::kRollup, .seq = 9};
  CHECK_TRUE(key < (ChunkKey{.run = counting_run(), .stream = Stream::kRollup, .seq = 10}));
  CHECK_TRUE(key < (ChunkKey{.run = counting_run(), .stream = Stream::kRaw, .seq = 1}));
  CHECK_TRUE(key < (ChunkKey{.run = later, .stream = Stream::kEvent, .seq = 1}));
}

// The value is Python's zlib.crc32 over the packed header, "<BQHIqq" after the run, and the bytes.
TEST(Chunk, has_the_checksum_that_any_language_computes) {
  CHECK_EQUAL(0x87710B75U, checksum_of(header(), bytes_of("payload")));
}

TEST(Chunk, has_another_checksum_when_any_field_differs) {
  std::vector<ChunkHeader> others(7, header());
  others[0].key.run.bytes[15] ^= 1U;
  others[1].key.stream = Stream::kEvent;
  others[2].key.seq += std::uint64_t{1} << 63;
  others[3].channel = ChannelId{0x0103};
  others[4].count += 1U << 31;
  others[5].first += Duration(1);
  others[6].last -= Duration(1);
  const std::uint32_t intact = checksum_of(header(), bytes_of("payload"));
  for (const ChunkHeader& other : others) {
    CHECK_FALSE(intact == checksum_of(other, bytes_of("payload")));
  }
}

TEST(Chunk, has_another_checksum_when_the_bytes_differ) {
  const std::uint32_t intact = checksum_of(header(), bytes_of("payload"));
  CHECK_FALSE(intact == checksum_of(header(), bytes_of("paylaod")));
  CHECK_FALSE(intact == checksum_of(header(), bytes_of("payload ")));
}

TEST(Chunk, leaves_the_checksum_field_out_of_its_checksum) {
  ChunkHeader stamped = header();
  stamped.crc = 0x12345678U;
  CHECK_EQUAL(checksum_of(header(), {}), checksum_of(stamped, {}));
}

}  // namespace sluice
