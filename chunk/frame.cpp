#include "chunk/frame.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cstring>
#include <optional>

#include "chunk/decimal.hpp"
#include "chunk/source.hpp"
#include "chunk/varint.hpp"
#include "core/check.hpp"
#include "core/checksum.hpp"

// Layout: a format byte; per tick the step of time as a folded varint and the number of readings as
// a varint; per reading the step of the channel number as a folded varint, a byte of quality (low
// four bits) and scale (high four), and the value: the mantissa as a folded varint, or 8 raw bytes.
// Then the CRC-32 of all that, little-endian.

namespace sluice::chunk {
namespace {

constexpr std::uint8_t kFormat = 1;
// In place of a scale: the value is no decimal and stands as it is.
constexpr std::uint8_t kRawScale = 15;
constexpr std::size_t kCrcBytes = sizeof(std::uint32_t);

Error corrupt() {
  return Error{ErrorCode::kCorrupt, "a frame of the hot tail is damaged; its readings are lost"};
}

void append_reading(Bytes& out, const Reading& reading, std::int64_t previous_channel) {
  append_varint(out, fold(index_of(reading.channel) - previous_channel));
  const std::optional<std::uint8_t> scale = decimal_scale(reading.value);
  const unsigned tag = static_cast<unsigned>(reading.quality) | scale.value_or(kRawScale) * 16U;
  append_byte(out, static_cast<std::uint8_t>(tag));
  if (scale) {
    append_varint(out, fold(*to_mantissa(reading.value, *scale)));
  } else {
    append_word(out, std::bit_cast<std::uint64_t>(reading.value));
  }
}

std::optional<double> take_value(Source& source, std::uint8_t scale) {
  if (scale == kRawScale) {
    const std::optional<std::uint64_t> word = source.take_word();
    return word ? std::optional(std::bit_cast<double>(*word)) : std::nullopt;
  }
  const std::optional<std::uint64_t> folded = take_varint(source);
  if (!folded || scale > kScaleMax || !is_mantissa(unfold(*folded))) return std::nullopt;
  return from_mantissa(unfold(*folded), scale);
}

std::optional<Reading> take_reading(Source& source, Instant time, std::int64_t previous_channel) {
  const std::optional<std::uint64_t> step = take_varint(source);
  const std::optional<std::uint8_t> tag = source.take_byte();
  if (!step || !tag) return std::nullopt;
  const std::int64_t channel = wrapping_sum(previous_channel, unfold(*step));
  const unsigned quality = *tag & 0x0FU;
  if (channel < 0 || channel > 0xFFFF || quality >= kQualityCount) return std::nullopt;
  const std::optional<double> value = take_value(source, static_cast<std::uint8_t>(*tag >> 4));
  if (!value) return std::nullopt;
  return Reading{time, *value, static_cast<ChannelId>(channel), static_cast<Quality>(quality)};
}

}  // namespace

Bytes encode_frame(std::span<const Reading> readings) {
  CHECK(!readings.empty());
  Bytes out;
  append_byte(out, kFormat);
  std::int64_t time = 0;
  std::int64_t channel = 0;
  for (auto tick = readings.begin(); tick != readings.end();) {
    const auto end = std::find_if(
        tick, readings.end(), [&](const Reading& reading) { return reading.time != tick->time; });
    append_varint(out, fold(wrapping_difference(to_ns(tick->time), time)));
    append_varint(out, static_cast<std::uint64_t>(end - tick));
    time = to_ns(tick->time);
    for (; tick != end; ++tick) {
      append_reading(out, *tick, channel);
      channel = index_of(tick->channel);
    }
  }
  const std::uint32_t crc = crc32(out);
  for (unsigned i = 0; i < kCrcBytes; ++i) {
    append_byte(out, static_cast<std::uint8_t>(crc >> (8 * i)));
  }
  return out;
}

Result<std::vector<Reading>> decode_frame(std::span<const std::byte> frame) {
  if (frame.size() < kCrcBytes) return corrupt();
  std::uint32_t crc = 0;
  std::memcpy(&crc, frame.last(kCrcBytes).data(), kCrcBytes);
  const std::span<const std::byte> body = frame.first(frame.size() - kCrcBytes);
  if (crc32(body) != crc) return corrupt();

  Source source(body);
  if (source.take_byte() != kFormat || source.left() == 0) return corrupt();
  std::vector<Reading> readings;
  std::int64_t time = 0;
  std::int64_t channel = 0;
  while (source.left() != 0) {
    const std::optional<std::uint64_t> step = take_varint(source);
    const std::optional<std::uint64_t> count = take_varint(source);
    if (!step || !count || *count == 0) return corrupt();
    time = wrapping_sum(time, unfold(*step));
    // Every reading takes bytes, so a count too large ends at the end of the frame.
    for (std::uint64_t i = 0; i < *count; ++i) {
      const std::optional<Reading> reading = take_reading(source, instant_from_ns(time), channel);
      if (!reading) return corrupt();
      channel = index_of(reading->channel);
      readings.push_back(*reading);
    }
  }
  return readings;
}

}  // namespace sluice::chunk
