#pragma once
// Streams of bits, the highest of a number first, for the formats that pack below the byte.

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <utility>

#include "core/check.hpp"
#include "core/chunk.hpp"

namespace sluice::bench {

class BitWriter {
 public:
  // REQUIRES: count <= 64; no bit of `value` is set above them.
  void write(std::uint64_t value, unsigned count) {
    if (count < free_) {
      word_ = word_ << count | value;
      free_ -= count;
      return;
    }
    const unsigned rest = count - free_;
    word_ = free_ == kWordBits ? value >> rest : word_ << free_ | value >> rest;
    append(sizeof(word_));
    word_ = value;  // what was written already leaves at the top
    free_ = kWordBits - rest;
  }

  // The last byte is filled with zeros. Nothing may be written after.
  Bytes finish() {
    const unsigned used = kWordBits - free_;
    if (used > 0) {
      word_ <<= free_;
      append((used + 7) / 8);
    }
    return std::move(bytes_);
  }

 private:
  static constexpr unsigned kWordBits = 64;

  void append(std::size_t byte_count) {
    for (std::size_t i = 0; i < byte_count; ++i) {
      bytes_.push_back(static_cast<std::byte>(word_ >> (kWordBits - 8 * (i + 1))));
    }
  }

  Bytes bytes_;
  std::uint64_t word_ = 0;
  unsigned free_ = kWordBits;
};

class BitReader {
 public:
  // `bytes` must outlive the reader.
  explicit BitReader(std::span<const std::byte> bytes) : bytes_(bytes) {}

  // REQUIRES: count <= 64 and so many bits are left.
  std::uint64_t read(unsigned count) {
    std::uint64_t value = 0;
    while (count > 0) {
      if (left_ == 0) load();
      const unsigned taken = std::min(count, left_);
      value = (taken == 64 ? 0 : value << taken) | word_ >> (64 - taken);
      word_ = taken == 64 ? 0 : word_ << taken;
      left_ -= taken;
      count -= taken;
    }
    return value;
  }

  bool read_bit() { return read(1) == 1; }

 private:
  void load() {
    const std::size_t taken = std::min<std::size_t>(bytes_.size(), sizeof(word_));
    CHECK(taken > 0);
    word_ = 0;
    for (std::size_t i = 0; i < taken; ++i) {
      word_ |= std::to_integer<std::uint64_t>(bytes_[i]) << (64 - 8 * (i + 1));
    }
    left_ = static_cast<unsigned>(8 * taken);
    bytes_ = bytes_.subspan(taken);
  }

  std::span<const std::byte> bytes_;
  std::uint64_t word_ = 0;  // the unread bits, at the top
  unsigned left_ = 0;
};

}  // namespace sluice::bench
