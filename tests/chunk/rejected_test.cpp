#include "chunk/rejected.hpp"

#include <cstdint>
#include <limits>
#include <vector>

#include "chunk/batch.hpp"
#include "chunk/decimal.hpp"
#include "tests/chunk/damage.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Many = std::vector<Rejected>;

Many made_of(std::size_t count) {
  Made made(81);
  Many rejected;
  for (std::size_t i = 0; i < count; ++i) {
    const auto time = static_cast<std::int64_t>(i) * 1'000'000'000;
    const double value = made.below(3) == 0 ? std::numeric_limits<double>::quiet_NaN()
                                            : static_cast<double>(made.noise(1'000)) / 10;
    rejected.push_back({{instant_from_ns(time), value, ChannelId{7}, Quality::kFault},
                        static_cast<std::uint8_t>(made.below(3) * 100)});
  }
  return rejected;
}

bool same(const Rejected& a, const Rejected& b) {
  return a.reason == b.reason && a.reading.time == b.reading.time &&
         a.reading.channel == b.reading.channel && a.reading.quality == b.reading.quality &&
         same_bits(a.reading.value, b.reading.value);
}

bool survive(const Many& rejected) {
  const Result<Many> back = decode_rejected(keyed(encode_rejected(rejected)));
  return back.ok() &&
         std::equal(back->begin(), back->end(), rejected.begin(), rejected.end(), same);
}

bool is_corrupt(const Chunk& chunk) {
  const Result<Many> decoded = decode_rejected(chunk);
  return !decoded.ok() && decoded.error().code == ErrorCode::kCorrupt;
}

}  // namespace

TEST_GROUP(Rejected){};

TEST(Rejected, survive_with_their_reasons) {
  CHECK_TRUE(survive(made_of(1)));
  CHECK_TRUE(survive(made_of(500)));
  CHECK_TRUE(survive(made_of(kRejectedMax)));
}

TEST(Rejected, are_a_chunk_of_their_stream) {
  const SealedChunk sealed = encode_rejected(made_of(3));
  CHECK_TRUE(sealed.stream == Stream::kRejected);
  CHECK_TRUE(sealed.channel == ChannelId{7});
  CHECK_TRUE(sealed.count == 3);
}

TEST(Rejected, one_reason_for_all_costs_next_to_nothing) {
  Many rejected = made_of(500);
  for (Rejected& one : rejected) one.reason = 2;
  std::vector<Reading> readings;
  for (const Rejected& one : rejected) readings.push_back(one.reading);
  CHECK_TRUE(encode_rejected(rejected).bytes.size() <= encode_readings(readings).bytes.size() + 1);
}

TEST(Rejected, pass_through_a_batch) {
  const Chunk chunk = keyed(encode_rejected(made_of(20)));
  const Result<Batch> batch = decode_batch(encode_batch("g", {&chunk, 1}));
  CHECK_TRUE(batch.ok());
  CHECK_TRUE(decode_rejected(batch->chunks.front()).ok());
}

TEST(Rejected, every_flipped_bit_is_corrupt) {
  const Chunk good = keyed(encode_rejected(made_of(20)));
  flip_every_bit(good.bytes, [&](const Bytes& bad) {
    Chunk chunk = good;
    chunk.bytes = bad;
    CHECK_TRUE(is_corrupt(chunk));
  });
}

TEST(Rejected, every_shorter_length_is_corrupt_even_with_a_right_checksum) {
  Chunk chunk = keyed(encode_rejected(made_of(20)));
  cut_at_every_length(Bytes(chunk.bytes), [&](const Bytes& bad) {
    chunk.bytes = bad;
    chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
    CHECK_TRUE(is_corrupt(chunk));
  });
}

TEST(Rejected, a_chunk_of_readings_is_none_of_rejected_ones) {
  CHECK_TRUE(is_corrupt(keyed(encode_readings(std::vector<Reading>{made_of(1).front().reading}))));
}
