#include "chunk/frame.hpp"

#include <algorithm>
#include <bit>
#include <cstring>
#include <optional>

#include "chunk/bits.hpp"
#include "chunk/decimal.hpp"
#include "chunk/integer.hpp"
#include "chunk/integer_column.hpp"
#include "core/check.hpp"
#include "core/checksum.hpp"

// Layout: the format and the number of readings; then per reading, as bits, whether its stamp is
// another than the one before and by how much, how its channel's number differs from the one after
// the one before, its quality, its scale, and its mantissa or 64 raw bits. Then, in whole bytes,
// the CRC-32 of all that, little-endian.

namespace sluice::chunk {
namespace {

constexpr unsigned kFormat = 2;
constexpr unsigned kFormatBits = 4;
constexpr unsigned kScaleBits = 4;
// In place of a scale: the value is no decimal and stands as it is.
constexpr unsigned kRawScale = 15;
constexpr std::size_t kCrcBytes = sizeof(std::uint32_t);
// A reading takes so many bits at least: what is announced beyond them is damage.
constexpr std::size_t kReadingBitsMin = 3 + kScaleBits + kWide + 1;

Error corrupt() {
  return Error{ErrorCode::kCorrupt, "a frame of the hot tail is damaged; its readings are lost"};
}

void put_value(BitWriter& out, double value) {
  const std::optional<unsigned> scale = decimal_scale(value);
  if (scale && *scale < kRawScale) {
    out.put(*scale, kScaleBits);
    put_number(out, fold(*to_mantissa(value, *scale)), kWide);
  } else {
    out.put(kRawScale, kScaleBits);
    out.put(std::bit_cast<std::uint64_t>(value), 64);
  }
}

double take_value(BitReader& in) {
  const auto scale = static_cast<unsigned>(in.take(kScaleBits));
  if (scale == kRawScale) return std::bit_cast<double>(in.take(64));
  const std::int64_t mantissa = unfold(take_number(in, kWide));
  if (is_mantissa(mantissa)) return from_mantissa(mantissa, scale);
  in.fail();
  return 0.0;
}

// From the number after `before`; numbers wrap around as 16 bits do.
std::int64_t channel_step(std::uint16_t before, std::uint16_t channel) {
  return static_cast<std::int16_t>(static_cast<std::uint16_t>(channel - before - 1));
}

void put_reading(BitWriter& out, const Reading& reading, const Reading& before) {
  const std::int64_t step = wrapping_difference(to_ns(reading.time), to_ns(before.time));
  out.put(step != 0, 1);
  if (step != 0) put_scaled(out, fold(step));
  put_number(out, fold(channel_step(index_of(before.channel), index_of(reading.channel))), 0);
  put_number(out, static_cast<std::uint64_t>(reading.quality), 0);
  put_value(out, reading.value);
}

Reading take_reading(BitReader& in, const Reading& before) {
  const std::int64_t step = in.take_flag() ? unfold(take_scaled(in)) : 0;
  const std::int64_t channel =
      wrapping_sum(index_of(before.channel) + std::int64_t{1}, unfold(take_number(in, 0)));
  const std::uint64_t quality = take_number(in, 0);
  if (quality >= kQualityCount) in.fail();
  return Reading{instant_from_ns(wrapping_sum(to_ns(before.time), step)), take_value(in),
                 static_cast<ChannelId>(channel), static_cast<Quality>(quality)};
}

}  // namespace

Bytes encode_frame(std::span<const Reading> readings) {
  CHECK(!readings.empty());
  BitWriter bits;
  bits.put(kFormat, kFormatBits);
  put_number(bits, readings.size(), kWide);
  Reading before{{}, 0.0, kNoChannel, Quality::kGood};
  for (const Reading& reading : readings) {
    put_reading(bits, reading, before);
    before = reading;
  }
  Bytes frame = bits.take();
  const std::uint32_t crc = crc32(frame);
  frame.resize(frame.size() + kCrcBytes);
  std::memcpy(frame.data() + frame.size() - kCrcBytes, &crc, kCrcBytes);
  return frame;
}

Result<std::vector<Reading>> decode_frame(std::span<const std::byte> frame) {
  if (frame.size() < kCrcBytes) return corrupt();
  std::uint32_t crc = 0;
  std::memcpy(&crc, frame.last(kCrcBytes).data(), kCrcBytes);
  const std::span<const std::byte> body = frame.first(frame.size() - kCrcBytes);
  if (crc32(body) != crc) return corrupt();

  BitReader bits(body);
  if (bits.take(kFormatBits) != kFormat) return corrupt();
  const std::uint64_t count = take_number(bits, kWide);
  if (count == 0 || count > 8 * body.size() / kReadingBitsMin) return corrupt();
  std::vector<Reading> readings;
  readings.reserve(static_cast<std::size_t>(count));
  Reading before{{}, 0.0, kNoChannel, Quality::kGood};
  while (readings.size() < count) {
    before = take_reading(bits, before);
    if (bits.overrun()) return corrupt();
    readings.push_back(before);
  }
  if (!bits.at_end()) return corrupt();
  return readings;
}

}  // namespace sluice::chunk
