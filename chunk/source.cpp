#include "chunk/source.hpp"

#include <array>
#include <bit>
#include <cstring>

namespace sluice::chunk {

static_assert(std::endian::native == std::endian::little, "words are copied as they lie in memory");

std::optional<std::uint8_t> Source::take_byte() {
  if (left_.empty()) return std::nullopt;
  const auto byte = static_cast<std::uint8_t>(left_.front());
  left_ = left_.subspan(1);
  return byte;
}

std::optional<std::uint64_t> Source::take_word() {
  std::uint64_t word = 0;
  if (left_.size() < sizeof(word)) return std::nullopt;
  std::memcpy(&word, left_.data(), sizeof(word));
  left_ = left_.subspan(sizeof(word));
  return word;
}

void append_byte(Bytes& out, std::uint8_t byte) {
  out.push_back(std::byte{byte});
}

void append_word(Bytes& out, std::uint64_t word) {
  std::array<std::byte, sizeof(word)> bytes;
  std::memcpy(bytes.data(), &word, sizeof(word));
  out.insert(out.end(), bytes.begin(), bytes.end());
}

}  // namespace sluice::chunk
