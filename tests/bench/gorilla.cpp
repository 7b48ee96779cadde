#include <algorithm>
#include <bit>

#include "tests/bench/blocks.hpp"
#include "tests/bench/format.hpp"

// T. Pelkonen et al., "Gorilla: A Fast, Scalable, In-Memory Time Series Database", VLDB 2015,
// section 4.1.2: each value is XORed with the one before; of what differs, the bits between leading
// and trailing zeros are written, in the window of the value before if they fit into it.

namespace sluice::bench {
namespace {

constexpr unsigned kLeadingBits = 5;
constexpr unsigned kLengthBits = 6;
constexpr unsigned kLeadingMax = (1U << kLeadingBits) - 1;

struct Window {
  unsigned leading = 0;
  unsigned length = 0;  // 0: none yet
  unsigned trailing() const { return 64 - leading - length; }
};

void append(BitWriter& out, std::span<const Reading> readings) {
  Window window;
  std::uint64_t previous = std::bit_cast<std::uint64_t>(readings.front().value);
  out.write(previous, 64);
  for (const Reading& reading : readings.subspan(1)) {
    const auto bits = std::bit_cast<std::uint64_t>(reading.value);
    const std::uint64_t difference = bits ^ previous;
    previous = bits;
    if (difference == 0) {
      out.write(0b0, 1);
      continue;
    }
    const unsigned leading =
        std::min(static_cast<unsigned>(std::countl_zero(difference)), kLeadingMax);
    const auto trailing = static_cast<unsigned>(std::countr_zero(difference));
    if (window.length > 0 && leading >= window.leading && trailing >= window.trailing()) {
      out.write(0b10, 2);
    } else {
      window = {leading, 64 - leading - trailing};
      out.write(0b11, 2);
      out.write(window.leading, kLeadingBits);
      out.write(window.length % 64, kLengthBits);  // 64 stands as 0
    }
    out.write(difference >> window.trailing(), window.length);
  }
}

void take(BitReader& in, std::span<Reading> readings) {
  Window window;
  std::uint64_t bits = in.read(64);
  readings.front().value = std::bit_cast<double>(bits);
  for (Reading& reading : readings.subspan(1)) {
    if (in.read_bit()) {
      if (in.read_bit()) {
        window.leading = static_cast<unsigned>(in.read(kLeadingBits));
        window.length = static_cast<unsigned>(in.read(kLengthBits));
        if (window.length == 0) window.length = 64;
      }
      bits ^= in.read(window.length) << window.trailing();
    }
    reading.value = std::bit_cast<double>(bits);
  }
}

constexpr ValueCodec kValues{append, take};

}  // namespace

Format gorilla() {
  return {"Gorilla", Order::kChannel,
          [](const Group& group) { return encode_blocks(group, kValues); },
          [](std::span<const std::byte> payload, std::span<const DeclaredChannel>) {
            return decode_blocks(payload, kValues);
          }};
}

}  // namespace sluice::bench
