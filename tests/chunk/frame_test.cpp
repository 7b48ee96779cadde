#include "chunk/frame.hpp"

#include <bit>
#include <cstdint>
#include <cstring>
#include <limits>
#include <random>
#include <vector>

#include "core/checksum.hpp"
#include "tests/chunk/damage.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

std::vector<Reading> ticks(std::int64_t count, std::uint16_t channels) {
  std::vector<Reading> readings;
  for (std::int64_t tick = 0; tick < count; ++tick) {
    for (std::uint16_t channel = 0; channel < channels; ++channel) {
      readings.push_back(Reading{instant_from_ns(tick * 1'000'000'000), 20.25 + channel,
                                 ChannelId{channel}, Quality::kGood});
    }
  }
  return readings;
}

bool survives(const std::vector<Reading>& readings) {
  const Result<std::vector<Reading>> decoded = decode_frame(encode_frame(readings));
  if (!decoded.ok() || decoded->size() != readings.size()) return false;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    const Reading& a = (*decoded)[i];
    const Reading& b = readings[i];
    if (a.time != b.time || a.channel != b.channel || a.quality != b.quality) return false;
    if (std::bit_cast<std::uint64_t>(a.value) != std::bit_cast<std::uint64_t>(b.value))
      return false;
  }
  return true;
}

bool is_corrupt(const Bytes& frame) {
  const Result<std::vector<Reading>> decoded = decode_frame(frame);
  return !decoded.ok() && decoded.error().code == ErrorCode::kCorrupt;
}

// A right checksum over wrong bytes.
Bytes resealed(Bytes frame) {
  if (frame.size() < 4) return frame;
  const std::uint32_t crc = crc32(std::span(frame).first(frame.size() - 4));
  std::memcpy(frame.data() + frame.size() - 4, &crc, 4);
  return frame;
}

}  // namespace

TEST_GROUP(Frame){};

TEST(Frame, gives_back_one_reading) {
  CHECK_TRUE(survives(ticks(1, 1)));
}

TEST(Frame, gives_back_ticks_of_many_channels_in_order) {
  CHECK_TRUE(survives(ticks(10, 64)));
}

TEST(Frame, gives_back_stamps_and_channels_in_any_order) {
  const auto lowest = std::numeric_limits<std::int64_t>::min();
  const auto highest = std::numeric_limits<std::int64_t>::max();
  CHECK_TRUE(survives({{instant_from_ns(highest), 1.0, ChannelId{0xFFFF}, Quality::kGood},
                       {instant_from_ns(lowest), 1.0, ChannelId{0}, Quality::kFault},
                       {instant_from_ns(0), 1.0, ChannelId{0x8000}, Quality::kMissing},
                       {instant_from_ns(highest), 1.0, ChannelId{1}, Quality::kStale}}));
}

TEST(Frame, gives_back_random_values_bit_for_bit) {
  std::mt19937_64 random(30);
  for (int round = 0; round < 200; ++round) {
    std::vector<Reading> readings = ticks(3, 5);
    for (Reading& reading : readings) {
      reading.value = random() % 2 == 0 ? std::bit_cast<double>(random())
                                        : static_cast<double>(random() % 99'999) / 1e3;
      reading.quality = static_cast<Quality>(random() % kQualityCount);
    }
    CHECK_TRUE(survives(readings));
  }
}

TEST(Frame, gives_back_the_specials) {
  using Limits = std::numeric_limits<double>;
  std::vector<Reading> readings = ticks(1, 5);
  readings[0].value = -0.0;
  readings[1].value = Limits::infinity();
  readings[2].value = std::bit_cast<double>(std::uint64_t{0xFFF8'0000'DEAD'BEEFU});
  readings[3].value = Limits::denorm_min();
  readings[4].value = 0.0;
  CHECK_TRUE(survives(readings));
}

TEST(Frame, a_tick_shares_its_stamp) {
  const std::size_t one = encode_frame(ticks(1, 1)).size();
  const std::size_t many = encode_frame(ticks(1, 64)).size();
  CHECK_TRUE(many - one <= 63 * 5);
}

TEST(Frame, every_flipped_bit_is_corrupt) {
  flip_every_bit(encode_frame(ticks(3, 4)), [](const Bytes& bad) { CHECK_TRUE(is_corrupt(bad)); });
}

TEST(Frame, every_shorter_length_is_corrupt) {
  cut_at_every_length(encode_frame(ticks(3, 4)),
                      [](const Bytes& bad) { CHECK_TRUE(is_corrupt(bad)); });
}

TEST(Frame, a_cut_is_corrupt_even_with_a_right_checksum) {
  cut_at_every_length(encode_frame(ticks(3, 4)),
                      [](const Bytes& bad) { CHECK_TRUE(is_corrupt(resealed(bad))); });
}

TEST(Frame, a_hostile_encoder_costs_no_more_than_its_bytes) {
  std::vector<Reading> readings = ticks(3, 4);
  readings[2].value = -0.0;
  mutate(encode_frame(readings), 12, 10'000, [](const Bytes& bad) {
    const Result<std::vector<Reading>> decoded = decode_frame(resealed(bad));
    if (!decoded.ok()) return;
    CHECK_TRUE(decoded->size() <= bad.size());
    for (const Reading& reading : *decoded) {
      CHECK_TRUE(static_cast<std::uint8_t>(reading.quality) < kQualityCount);
    }
  });
}
