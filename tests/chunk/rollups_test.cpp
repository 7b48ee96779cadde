#include "chunk/rollups.hpp"

#include <bit>
#include <chrono>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "chunk/batch.hpp"
#include "tests/chunk/damage.hpp"
#include "tests/chunk/made_data.hpp"
#include "tests/chunk/samples.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Many = std::vector<Rollup>;
constexpr ChannelId kChannel{7};

Result<Many> there_and_back(const Many& rollups) {
  return decode_rollups(keyed(encode_rollups(kChannel, rollups)));
}

bool survive(const Many& rollups) {
  const Result<Many> back = there_and_back(rollups);
  return back.ok() && *back == rollups;
}

bool is_corrupt(const Chunk& chunk) {
  const Result<Many> decoded = decode_rollups(chunk);
  return !decoded.ok() && decoded.error().code == ErrorCode::kCorrupt;
}

// Of values as `next()` gives them, in windows of 10 ns one after the other.
template <typename Next>
Many windows_of(std::size_t count, Next next) {
  Many rollups;
  for (std::size_t i = 0; i < count; ++i) {
    const auto begin = static_cast<std::int64_t>(10 * i) - 1'000;
    Rollup rollup{instant_from_ns(begin), Duration(10), 0, {}, {}};
    QuantileSketch sketch;
    for (std::int64_t time = begin; time < begin + 10; ++time) {
      const double value = next();
      rollup.summary.add(time, value, Quality::kGood);
      sketch.add(value);
    }
    rollup.quantiles = rollup_quantiles(sketch);
    rollups.push_back(rollup);
  }
  return rollups;
}

}  // namespace

TEST_GROUP(Rollups) {
  Made made{3};
};

TEST(Rollups, survive_to_the_last_bit) {
  CHECK_TRUE(survive(rollup_sample()));
  CHECK_TRUE(survive({rollup_sample()[5]}));
  CHECK_TRUE(survive(windows_of(kRollupsMax, [&] { return static_cast<double>(made.noise(99)); })));
}

TEST(Rollups, survive_whatever_doubles_there_are) {
  const auto any = [&] {
    for (;;) {
      const double value = std::bit_cast<double>(made.bits());
      if (std::isfinite(value)) return value;
    }
  };
  CHECK_TRUE(survive(windows_of(40, any)));
  CHECK_TRUE(survive(windows_of(3, [] { return -1e308; })));
  CHECK_TRUE(survive(windows_of(3, [] { return 5e-324; })));
  CHECK_TRUE(survive(windows_of(3, [] { return 0.0; })));
}

TEST(Rollups, of_bad_readings_alone_survive) {
  Many rollups = {Rollup{instant_from_ns(5), Duration(9), 8, {}, {}}};
  rollups.front().summary.add(6, 0.0, Quality::kFault);
  CHECK_TRUE(survive(rollups));
}

TEST(Rollups, add_up_to_the_summary_of_all_after_they_were_stored) {
  const Result<Many> back = there_and_back(rollup_sample());
  CHECK_TRUE(back.ok());
  Summary minutes;
  for (const Rollup& rollup : *back) {
    if (rollup.length == std::chrono::minutes(1)) minutes.add(rollup.summary);
  }
  CHECK_TRUE(minutes == back->back().summary);
  CHECK_TRUE(minutes.deviation() == rollup_sample().back().summary.deviation());
}

TEST(Rollups, are_a_chunk_of_their_stream) {
  const SealedChunk sealed = encode_rollups(kChannel, rollup_sample());
  CHECK_TRUE(sealed.stream == Stream::kRollup);
  CHECK_TRUE(sealed.channel == kChannel);
  CHECK_TRUE(sealed.count == 65);
  CHECK_TRUE(sealed.first == rollup_sample().back().begin);
  CHECK_TRUE(sealed.last == rollup_sample().back().end() - Duration(1));
}

// 33.4, of 60 readings a minute with one decimal, in three lengths; 20 of them are the exact sums.
TEST(Rollups, take_less_than_35_bytes_a_window) {
  const std::size_t bytes = encode_rollups(kChannel, rollup_sample()).bytes.size();
  CHECK_TRUE(bytes < 35 * rollup_sample().size());
}

TEST(Rollups, the_largest_chunk_fits_into_a_batch) {
  const auto any = [&] {
    const double value = std::bit_cast<double>(made.bits());
    return std::isfinite(value) ? value : 0.0;
  };
  const Chunk chunk = keyed(encode_rollups(kChannel, windows_of(kRollupsMax, any)));
  const Result<Batch> batch = decode_batch(encode_batch("g", {&chunk, 1}));
  CHECK_TRUE(batch.ok());
  CHECK_TRUE(decode_rollups(batch->chunks.front()).ok());
}

TEST(Rollups, every_flipped_bit_is_corrupt) {
  const Chunk good = keyed(encode_rollups(kChannel, rollup_sample()));
  flip_every_bit(good.bytes, [&](const Bytes& bad) {
    Chunk chunk = good;
    chunk.bytes = bad;
    CHECK_TRUE(is_corrupt(chunk));
  });
}

TEST(Rollups, every_shorter_length_is_corrupt_even_with_a_right_checksum) {
  Chunk chunk = keyed(encode_rollups(kChannel, rollup_sample()));
  cut_at_every_length(Bytes(chunk.bytes), [&](const Bytes& bad) {
    chunk.bytes = bad;
    chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
    CHECK_TRUE(is_corrupt(chunk));
  });
}

// Whatever passes can be asked for everything: nothing of it may stop the program.
TEST(Rollups, with_a_right_checksum_and_wrong_bits_are_corrupt_or_sound) {
  Chunk chunk = keyed(encode_rollups(kChannel, rollup_sample()));
  int corrupt = 0;
  mutate(Bytes(chunk.bytes), 4, 3'000, [&](const Bytes& bad) {
    chunk.bytes = bad;
    chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
    const Result<Many> decoded = decode_rollups(chunk);
    if (!decoded.ok()) {
      ++corrupt;
      return;
    }
    for (const Rollup& rollup : *decoded) {
      if (rollup.summary.count() == 0) continue;
      CHECK_TRUE(rollup.summary.deviation() >= 0.0);
      CHECK_TRUE(rollup.summary.mean() <= rollup.summary.max());
    }
  });
  CHECK_TRUE(corrupt > 1'000);
}

TEST(Rollups, with_stamps_that_are_not_the_headers_are_corrupt) {
  Chunk chunk = keyed(encode_rollups(kChannel, rollup_sample()));
  chunk.header.last += Duration(1);
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  CHECK_TRUE(is_corrupt(chunk));
}

TEST(Rollups, of_another_stream_are_none) {
  CHECK_TRUE(is_corrupt(keyed(encode_rejected(rejected_sample()))));
}
