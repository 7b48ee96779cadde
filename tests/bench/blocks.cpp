#include "tests/bench/blocks.hpp"

#include <array>

namespace sluice::bench {
namespace {

constexpr unsigned kChannelBits = 16;
constexpr unsigned kCountBits = 32;
constexpr unsigned kSeqBits = 32;
constexpr unsigned kUnitBits = 2;
constexpr unsigned kQualityBits = 3;

// Seconds in the paper; here the coarsest unit in which all stamps of the block are whole numbers.
constexpr std::array<std::int64_t, 4> kUnitsNs{1'000'000'000, 1'000'000, 1'000, 1};

std::size_t unit_of(std::span<const Reading> readings) {
  std::size_t unit = 0;
  for (const Reading& reading : readings) {
    while (to_ns(reading.time) % kUnitsNs[unit] != 0) ++unit;
  }
  return unit;
}

// The paper's four ranges and, for clocks in microseconds and the first stamp, one without limit.
// Range i is announced by i ones and, except for the last, a zero.
struct Range {
  unsigned bits;
  std::int64_t least;
  std::int64_t most;
};
constexpr std::array kRanges{Range{0, 0, 0}, Range{7, -63, 64}, Range{9, -255, 256},
                             Range{12, -2047, 2048}, Range{32, -2147483647, 2147483648}};

void append_change(BitWriter& out, std::int64_t change) {
  unsigned ones = 0;
  for (const Range& range : kRanges) {
    if (change >= range.least && change <= range.most) {
      out.write((1U << (ones + 1)) - 2, ones + 1);
      out.write(static_cast<std::uint64_t>(change - range.least), range.bits);
      return;
    }
    ++ones;
  }
  out.write((1U << ones) - 1, ones);
  out.write(static_cast<std::uint64_t>(change), 64);
}

std::int64_t take_change(BitReader& in) {
  for (const Range& range : kRanges) {
    if (!in.read_bit()) return range.least + static_cast<std::int64_t>(in.read(range.bits));
  }
  return static_cast<std::int64_t>(in.read(64));
}

void append_times(BitWriter& out, std::span<const Reading> readings) {
  const std::size_t unit = unit_of(readings);
  out.write(unit, kUnitBits);
  std::int64_t previous = 0;
  std::int64_t previous_step = 0;
  for (const Reading& reading : readings) {
    const std::int64_t time = to_ns(reading.time) / kUnitsNs[unit];
    const std::int64_t step = time - previous;
    append_change(out, step - previous_step);
    // The step from nothing to the first stamp tells nothing of the next.
    previous_step = previous == 0 ? 0 : step;
    previous = time;
  }
}

void take_times(BitReader& in, std::span<Reading> readings) {
  const std::int64_t unit_ns = kUnitsNs[in.read(kUnitBits)];
  std::int64_t previous = 0;
  std::int64_t previous_step = 0;
  for (Reading& reading : readings) {
    const std::int64_t step = previous_step + take_change(in);
    previous_step = previous == 0 ? 0 : step;
    previous += step;
    reading.time = instant_from_ns(previous * unit_ns);
  }
}

// The papers know none: a bit a reading, and the quality itself where it changes.
void append_qualities(BitWriter& out, std::span<const Reading> readings) {
  Quality previous = Quality::kGood;
  for (const Reading& reading : readings) {
    const bool changes = reading.quality != previous;
    out.write(changes ? 1 : 0, 1);
    if (changes) out.write(static_cast<std::uint64_t>(reading.quality), kQualityBits);
    previous = reading.quality;
  }
}

void take_qualities(BitReader& in, std::span<Reading> readings) {
  Quality previous = Quality::kGood;
  for (Reading& reading : readings) {
    if (in.read_bit()) previous = static_cast<Quality>(in.read(kQualityBits));
    reading.quality = previous;
  }
}

}  // namespace

Bytes encode_blocks(const Group& group, const ValueCodec& values) {
  BitWriter out;
  for (const std::uint8_t byte : kRun.bytes) out.write(byte, 8);
  out.write(kGatewayId.size(), 8);
  for (const char letter : kGatewayId) out.write(static_cast<unsigned char>(letter), 8);
  out.write(group.channels.size(), kChannelBits);
  std::uint64_t seq = 0;
  for (const std::span<const Reading> readings : group.channels) {
    out.write(index_of(readings.front().channel), kChannelBits);
    out.write(readings.size(), kCountBits);
    out.write(++seq, kSeqBits);
    append_times(out, readings);
    append_qualities(out, readings);
    values.append(out, readings);
  }
  return out.finish();
}

std::vector<Reading> decode_blocks(std::span<const std::byte> payload, const ValueCodec& values) {
  BitReader in(payload);
  for (std::size_t i = 0; i < kRun.bytes.size(); ++i) in.read(8);
  for (std::uint64_t letters = in.read(8); letters > 0; --letters) in.read(8);
  std::vector<Reading> all;
  for (std::uint64_t blocks = in.read(kChannelBits); blocks > 0; --blocks) {
    const auto channel = static_cast<ChannelId>(in.read(kChannelBits));
    const std::size_t begin = all.size();
    all.resize(begin + in.read(kCountBits), Reading{{}, 0.0, channel, Quality::kGood});
    in.read(kSeqBits);
    const std::span<Reading> readings = std::span(all).subspan(begin);
    take_times(in, readings);
    take_qualities(in, readings);
    values.take(in, readings);
  }
  return all;
}

}  // namespace sluice::bench
