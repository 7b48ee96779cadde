#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "tests/bench/blocks.hpp"
#include "tests/bench/format.hpp"

// P. Liakos, K. Papakonstantinopoulou, Y. Kotidis, "Chimp: Efficient Lossless Floating Point
// Compression for Time Series Databases", VLDB 2022, section 4: as Gorilla XORs, but the number of
// leading zeros is rounded down to one of eight, and trailing zeros are only left out where there
// are more than six.

namespace sluice::bench {
namespace {

constexpr std::array<unsigned, 8> kLeading{0, 8, 12, 16, 18, 20, 22, 24};
constexpr unsigned kLeadingBits = 3;
constexpr unsigned kLengthBits = 6;
constexpr unsigned kTrailingMin = 7;

constexpr unsigned kSame = 0b00;
constexpr unsigned kCutAtBothEnds = 0b01;
constexpr unsigned kLeadingAsBefore = 0b10;
constexpr unsigned kNewLeading = 0b11;

// The place in kLeading of the largest number that is not above `zeros`.
std::size_t round_down(unsigned zeros) {
  const auto above = std::upper_bound(kLeading.begin(), kLeading.end(), zeros);
  return static_cast<std::size_t>(above - kLeading.begin()) - 1;
}

void append(BitWriter& out, std::span<const Reading> readings) {
  std::optional<std::size_t> previous_leading;
  std::uint64_t previous = std::bit_cast<std::uint64_t>(readings.front().value);
  out.write(previous, 64);
  for (const Reading& reading : readings.subspan(1)) {
    const auto bits = std::bit_cast<std::uint64_t>(reading.value);
    const std::uint64_t difference = bits ^ previous;
    previous = bits;
    if (difference == 0) {
      out.write(kSame, 2);
      previous_leading.reset();
      continue;
    }
    const std::size_t leading = round_down(static_cast<unsigned>(std::countl_zero(difference)));
    const auto trailing = static_cast<unsigned>(std::countr_zero(difference));
    const unsigned length = 64 - kLeading[leading];
    if (trailing >= kTrailingMin) {
      out.write(kCutAtBothEnds, 2);
      out.write(leading, kLeadingBits);
      out.write(length - trailing, kLengthBits);
      out.write(difference >> trailing, length - trailing);
      previous_leading.reset();
    } else if (previous_leading == leading) {
      out.write(kLeadingAsBefore, 2);
      out.write(difference, length);
    } else {
      out.write(kNewLeading, 2);
      out.write(leading, kLeadingBits);
      out.write(difference, length);
      previous_leading = leading;
    }
  }
}

void take(BitReader& in, std::span<Reading> readings) {
  std::size_t leading = 0;
  std::uint64_t bits = in.read(64);
  readings.front().value = std::bit_cast<double>(bits);
  for (Reading& reading : readings.subspan(1)) {
    switch (in.read(2)) {
      case kCutAtBothEnds: {
        const unsigned zeros = kLeading[in.read(kLeadingBits)];
        const auto length = static_cast<unsigned>(in.read(kLengthBits));
        bits ^= in.read(length) << (64 - zeros - length);
        break;
      }
      case kNewLeading:
        leading = in.read(kLeadingBits);
        [[fallthrough]];
      case kLeadingAsBefore:
        bits ^= in.read(64 - kLeading[leading]);
        break;
      default:
        break;
    }
    reading.value = std::bit_cast<double>(bits);
  }
}

constexpr ValueCodec kValues{append, take};

}  // namespace

Format chimp() {
  return {"Chimp", Order::kChannel,
          [](const Group& group) { return encode_blocks(group, kValues); },
          [](std::span<const std::byte> payload, std::span<const DeclaredChannel>) {
            return decode_blocks(payload, kValues);
          }};
}

}  // namespace sluice::bench
