#include "chunk/readings.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <random>
#include <string>
#include <vector>

#include "chunk/batch.hpp"
#include "tests/chunk/damage.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

constexpr ChannelId kChannel{3};
constexpr std::int64_t kSecond = 1'000'000'000;

Reading reading(std::int64_t time_ns, double value, Quality quality = Quality::kGood) {
  return Reading{instant_from_ns(time_ns), value, kChannel, quality};
}

std::vector<Reading> steady(std::size_t count) {
  std::vector<Reading> readings;
  for (std::size_t i = 0; i < count; ++i) {
    readings.push_back(reading(static_cast<std::int64_t>(i) * kSecond + 17,
                               20.0 + static_cast<double>(i % 7) / 4.0));
  }
  return readings;
}

bool same_bits(const Reading& a, const Reading& b) {
  return a.time == b.time && a.channel == b.channel && a.quality == b.quality &&
         std::bit_cast<std::uint64_t>(a.value) == std::bit_cast<std::uint64_t>(b.value);
}

bool same_bits(const std::vector<Reading>& a, const std::vector<Reading>& b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (!same_bits(a[i], b[i])) return false;
  }
  return true;
}

bool survives(const std::vector<Reading>& readings) {
  const Result<std::vector<Reading>> decoded = decode_readings(keyed(encode_readings(readings)));
  return decoded.ok() && same_bits(*decoded, readings);
}

bool is_corrupt(const Chunk& chunk) {
  const Result<std::vector<Reading>> decoded = decode_readings(chunk);
  return !decoded.ok() && decoded.error().code == ErrorCode::kCorrupt;
}

// As if the damage had been there before the checksum was made: a hostile or faulty encoder.
Chunk resealed(Chunk chunk, Bytes bytes) {
  chunk.bytes = std::move(bytes);
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  return chunk;
}

double random_value(std::mt19937_64& random) {
  using Limits = std::numeric_limits<double>;
  switch (random() % 8) {
    case 0:
      return std::bit_cast<double>(random());
    case 1:
      return std::bit_cast<double>(0x7FF8'0000'0000'0000U | (random() >> 13));  // a NaN's payload
    case 2:
      return -0.0;
    case 3:
      return random() % 2 == 0 ? Limits::infinity() : -Limits::infinity();
    case 4:
      return std::bit_cast<double>(random() >> 13);  // denormal and tiny
    default:
      return static_cast<double>(random() % 100'000) / 100.0;
  }
}

}  // namespace

TEST_GROUP(Readings){};

TEST(Readings, describes_what_is_inside) {
  const SealedChunk sealed = encode_readings(steady(5));
  CHECK_TRUE(sealed.stream == Stream::kRaw);
  CHECK_TRUE(sealed.channel == kChannel);
  CHECK_TRUE(sealed.count == 5);
  CHECK_TRUE(sealed.first == instant_from_ns(17));
  CHECK_TRUE(sealed.last == instant_from_ns(4 * kSecond + 17));
}

TEST(Readings, writes_the_example_of_the_page_on_the_format) {
  const std::vector<Reading> readings = {reading(kSecond, 21.5), reading(2 * kSecond, 21.6),
                                         reading(3 * kSecond, 21.6, Quality::kStale)};
  Bytes expected;
  for (const unsigned byte : {0x09, 0x8d, 0xeb, 0xe1, 0x98, 0x04}) {
    expected.push_back(static_cast<std::byte>(byte));
  }
  CHECK_TRUE(encode_readings(readings).bytes == expected);
}

TEST(Readings, gives_back_one_reading) {
  CHECK_TRUE(survives({reading(-5, 1.5)}));
}

TEST(Readings, gives_back_the_most_readings) {
  CHECK_TRUE(survives(steady(kReadingsMax)));
}

TEST(Readings, gives_back_every_special_value) {
  using Limits = std::numeric_limits<double>;
  const double payload = std::bit_cast<double>(std::uint64_t{0xFFF8'0000'DEAD'BEEFU});
  for (const double value :
       {0.0, -0.0, Limits::infinity(), -Limits::infinity(), Limits::quiet_NaN(),
        Limits::signaling_NaN(), payload, Limits::denorm_min(), Limits::max(), Limits::lowest(),
        9007199254740993.0}) {
    CHECK_TRUE(survives({reading(0, value)}));
    CHECK_TRUE(survives({reading(0, 21.5), reading(1, value), reading(2, 21.25)}));
  }
}

TEST(Readings, gives_back_stamps_from_end_to_end) {
  CHECK_TRUE(survives({reading(std::numeric_limits<std::int64_t>::min(), 1.0), reading(0, 1.0),
                       reading(std::numeric_limits<std::int64_t>::max(), 1.0)}));
}

TEST(Readings, gives_back_equal_stamps) {
  CHECK_TRUE(survives({reading(9, 1.0), reading(9, 2.0)}));
}

TEST(Readings, gives_back_every_quality) {
  std::vector<Reading> readings;
  for (std::uint8_t quality = 0; quality < kQualityCount; ++quality) {
    readings.push_back(reading(quality, 1.0, static_cast<Quality>(quality)));
    readings.push_back(reading(quality, 1.0, static_cast<Quality>(quality)));
  }
  CHECK_TRUE(survives(readings));
}

TEST(Readings, gives_back_random_readings_bit_for_bit) {
  std::mt19937_64 random(20);
  for (int round = 0; round < 300; ++round) {
    const std::uint64_t kinds = random();
    std::vector<Reading> readings;
    std::int64_t time = static_cast<std::int64_t>(random() >> 2);
    for (std::uint64_t i = 0, count = 1 + random() % 50; i < count; ++i) {
      time += static_cast<std::int64_t>(random() >> (24 + random() % 40));
      const double value =
          (kinds & 1) != 0 ? random_value(random) : static_cast<double>(random() % 9'999) / 10.0;
      readings.push_back(reading(time, value, static_cast<Quality>(random() % kQualityCount)));
    }
    CHECK_TRUE(survives(readings));
  }
}

TEST(Readings, a_steady_decimal_channel_takes_half_a_byte_a_reading) {
  CHECK_TRUE(encode_readings(steady(1'000)).bytes.size() < 500);
}

TEST(Readings, the_worst_chunk_fits_into_a_batch) {
  Made made(1);
  std::vector<Reading> readings;
  auto time = static_cast<std::int64_t>(made.bits() >> 2);
  for (std::uint32_t i = 0; i < kReadingsMax; ++i) {
    time += static_cast<std::int64_t>(made.bits() >> (18 + made.below(46)));
    readings.push_back(
        reading(time, std::bit_cast<double>(made.bits()), static_cast<Quality>(i % 2)));
  }
  const Chunk chunk = keyed(encode_readings(readings));
  CHECK_TRUE(encode_batch(std::string(kGatewayIdMax, 'g'), {&chunk, 1}).size() <= kBatchBytesMax);
}

TEST(Readings, a_chunk_shorter_than_its_header_says_is_corrupt) {
  Chunk chunk = keyed(encode_readings(steady(1)));
  chunk.header.last += Duration(1);
  CHECK_TRUE(is_corrupt(resealed(chunk, chunk.bytes)));
}

TEST(Readings, channels_on_one_tick_begin_alike) {
  // A tick is missing, so times take more than two bits; the values are different.
  std::vector<Reading> readings = steady(100);
  for (std::size_t i = 50; i < readings.size(); ++i) readings[i].time += Duration(kSecond);
  std::vector<Reading> others = readings;
  for (Reading& other : others) other.value = other.value * 7 + 3;
  const Bytes a = encode_readings(readings).bytes;
  const Bytes b = encode_readings(others).bytes;
  CHECK_TRUE(std::mismatch(a.begin(), a.end(), b.begin(), b.end()).first - a.begin() >= 3);
}

TEST(Readings, every_flipped_bit_is_corrupt) {
  const Chunk good = keyed(encode_readings(steady(20)));
  flip_every_bit(good.bytes, [&](const Bytes& bad) {
    Chunk chunk = good;
    chunk.bytes = bad;
    CHECK_TRUE(is_corrupt(chunk));
  });
}

TEST(Readings, every_changed_header_field_is_corrupt) {
  const Chunk good = keyed(encode_readings(steady(20)));
  const auto changed = [&](auto change) {
    Chunk chunk = good;
    change(chunk.header);
    return is_corrupt(chunk);
  };
  CHECK_TRUE(changed([](ChunkHeader& header) { header.key.run.bytes[4] ^= 1; }));
  CHECK_TRUE(changed([](ChunkHeader& header) { ++header.key.seq; }));
  CHECK_TRUE(changed([](ChunkHeader& header) { header.key.stream = Stream::kRollup; }));
  CHECK_TRUE(changed([](ChunkHeader& header) { header.channel = ChannelId{4}; }));
  CHECK_TRUE(changed([](ChunkHeader& header) { ++header.count; }));
  CHECK_TRUE(changed([](ChunkHeader& header) { header.first += Duration(1); }));
  CHECK_TRUE(changed([](ChunkHeader& header) { header.last += Duration(1); }));
  CHECK_TRUE(changed([](ChunkHeader& header) { ++header.crc; }));
}

TEST(Readings, every_length_but_its_own_is_corrupt_even_with_a_right_checksum) {
  const Chunk good = keyed(encode_readings(steady(20)));
  cut_at_every_length(good.bytes,
                      [&](const Bytes& bad) { CHECK_TRUE(is_corrupt(resealed(good, bad))); });
  Bytes longer = good.bytes;
  longer.push_back(std::byte{0});
  CHECK_TRUE(is_corrupt(resealed(good, longer)));
}

TEST(Readings, a_hostile_encoder_gets_readings_in_order_or_nothing) {
  std::vector<Reading> readings = steady(20);
  for (const double odd : {0.25, -0.0}) {  // both ways of writing values
    readings[3].value = odd;
    const Chunk good = keyed(encode_readings(readings));
    const auto harmless = [&](const Bytes& bad) {
      const Result<std::vector<Reading>> decoded = decode_readings(resealed(good, bad));
      if (!decoded.ok()) return;
      CHECK_TRUE(decoded->size() == readings.size());
      CHECK_TRUE(decoded->front().time == good.header.first);
      CHECK_TRUE(decoded->back().time == good.header.last);
      for (std::size_t i = 0; i < decoded->size(); ++i) {
        CHECK_TRUE(i == 0 || (*decoded)[i].time >= (*decoded)[i - 1].time);
        CHECK_TRUE(static_cast<std::uint8_t>((*decoded)[i].quality) < kQualityCount);
      }
    };
    flip_every_bit(good.bytes, harmless);
    mutate(good.bytes, 11, 5'000, harmless);
  }
}

TEST(Readings, a_count_out_of_range_is_corrupt) {
  Chunk chunk = keyed(encode_readings(steady(1)));
  for (const std::uint32_t count : {0U, kReadingsMax + 1, 0xFFFFFFFFU}) {
    chunk.header.count = count;
    CHECK_TRUE(is_corrupt(resealed(chunk, chunk.bytes)));
  }
}

TEST(Readings, another_stream_is_corrupt) {
  Chunk chunk = keyed(encode_readings(steady(1)));
  chunk.header.key.stream = Stream::kEvent;
  CHECK_TRUE(is_corrupt(resealed(chunk, chunk.bytes)));
}
