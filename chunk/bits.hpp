#pragma once
// Numbers packed as bits: the first bit of a stream is the lowest of its first byte, and the lowest
// bit of a number comes first. The writer never fails; the reader never looks beyond its bytes and
// gives zeros there, so that a decoder asks once, at the end of a column, whether it ran over.

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>

#include "core/chunk.hpp"

namespace sluice::chunk {

class BitWriter {
 public:
  // REQUIRES: width <= 64, value < 2^width.
  void put(std::uint64_t value, unsigned width) {
    pending_ |= value << filled_;
    filled_ += width;
    if (filled_ < 64) return;
    flush();
    filled_ -= 64;
    pending_ = filled_ == 0 ? 0 : value >> (width - filled_);
  }

  std::size_t bits() const { return 8 * bytes_.size() + filled_; }
  // All bits, with zeros up to a whole byte; the writer is empty again.
  Bytes take();

 private:
  void flush();

  Bytes bytes_;
  std::uint64_t pending_ = 0;  // the low `filled_` bits, at most 63 between calls
  unsigned filled_ = 0;
};

// Takes what a BitWriter does and only counts.
class BitCounter {
 public:
  void put(std::uint64_t, unsigned width) { bits_ += width; }
  std::size_t bits() const { return bits_; }

 private:
  std::size_t bits_ = 0;
};

class BitReader {
 public:
  // `bytes` must outlive the reader.
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  // The next bits, kPeekBits of them at least.
  static constexpr unsigned kPeekBits = 57;
  std::uint64_t peek() const {
    const std::size_t byte = at_ / 8;
    std::uint64_t word = 0;
    if (byte + sizeof(word) <= bytes_.size()) {
      std::memcpy(&word, bytes_.data() + byte, sizeof(word));
    } else {
      word = last_word(bytes_, byte);
    }
    return word >> (at_ % 8);
  }
  void skip(unsigned width) { at_ += width; }

  // REQUIRES: width <= 64.
  std::uint64_t take(unsigned width) {
    if (width < kPeekBits) return take_peeked(width);
    const std::uint64_t low = take_peeked(32);
    return low | (take_peeked(width - 32) << 32);
  }
  bool take_flag() { return take(1) != 0; }

  // For what the bits cannot mean: from here on the reader counts as overrun.
  void fail() { at_ = 8 * bytes_.size() + 1; }
  bool overrun() const { return at_ > 8 * bytes_.size(); }
  // Whether nothing but the zeros that fill the last byte is left.
  bool at_end() const;
  // The whole bytes that follow the byte of the last bit taken.
  std::span<const std::byte> rest() const;

 private:
  std::uint64_t take_peeked(unsigned width) {
    const std::uint64_t bits = peek() & ((std::uint64_t{1} << width) - 1);
    skip(width);
    return bits;
  }
  static std::uint64_t last_word(std::span<const std::byte> bytes, std::size_t byte);

  std::span<const std::byte> bytes_;
  std::size_t at_ = 0;  // bits taken
};

// A number of unknown size: its length in bits as a Rice code with parameter `order`, then the bits
// below its highest one. Order 0 is for what mostly is 0, kWide for what mostly is not.
inline constexpr unsigned kWide = 3;
template <typename Writer>
void put_number(Writer& out, std::uint64_t value, unsigned order) {
  const auto length = static_cast<unsigned>(std::bit_width(value));
  out.put(0, length >> order);
  out.put(1, 1);
  out.put(length & ((1U << order) - 1), order);
  if (length > 1) out.put(value ^ (std::uint64_t{1} << (length - 1)), length - 1);
}
// A length beyond 64 bits fails the reader.
std::uint64_t take_number(BitReader& in, unsigned order);

}  // namespace sluice::chunk
