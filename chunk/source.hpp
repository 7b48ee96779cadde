#pragma once
// Bytes read from front to back and never beyond their end. Every decoder of the codecs reads
// through it, so that no length inside hostile bytes is ever believed.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "core/chunk.hpp"

namespace sluice::chunk {

class Source {
 public:
  // `bytes` must outlive the source.
  explicit Source(std::span<const std::byte> bytes) : left_(bytes) {}

  std::size_t left() const { return left_.size(); }

  // Nothing, and nothing is taken, when fewer bytes are left.
  std::optional<std::uint8_t> take_byte();
  std::optional<std::uint64_t> take_word();  // 8 bytes, little-endian

 private:
  std::span<const std::byte> left_;
};

// The other direction.
void append_byte(Bytes& out, std::uint8_t byte);
void append_word(Bytes& out, std::uint64_t word);

}  // namespace sluice::chunk
