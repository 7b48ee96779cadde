#include "chunk/bits.hpp"

#include <array>
#include <utility>

namespace sluice::chunk {

static_assert(std::endian::native == std::endian::little, "words are copied as they lie in memory");

void BitWriter::flush() {
  std::array<std::byte, sizeof(pending_)> word;
  std::memcpy(word.data(), &pending_, sizeof(pending_));
  bytes_.insert(bytes_.end(), word.begin(), word.end());
}

Bytes BitWriter::take() {
  const std::size_t size = (bits() + 7) / 8;
  flush();
  bytes_.resize(size);
  pending_ = 0;
  filled_ = 0;
  return std::exchange(bytes_, {});
}

bool BitReader::at_end() const {
  const std::size_t end = 8 * bytes_.size();
  return at_ <= end && end - at_ < 8 && peek() == 0;
}

std::span<const std::byte> BitReader::rest() const {
  return bytes_.subspan(std::min((at_ + 7) / 8, bytes_.size()));
}

std::uint64_t BitReader::last_word(std::span<const std::byte> bytes, std::size_t byte) {
  std::uint64_t word = 0;
  if (byte >= bytes.size()) return word;
  if (bytes.size() < sizeof(word)) {
    std::memcpy(&word, bytes.data() + byte, bytes.size() - byte);
    return word;
  }
  std::memcpy(&word, bytes.data() + bytes.size() - sizeof(word), sizeof(word));
  return word >> (8 * (byte + sizeof(word) - bytes.size()));
}

std::uint64_t take_number(BitReader& in, unsigned order) {
  unsigned length = 0;
  while (!in.take_flag()) {
    length += 1U << order;
    if (length > 64) {
      in.fail();
      return 0;
    }
  }
  length += static_cast<unsigned>(in.take(order));
  if (length > 64) in.fail();
  if (length <= 1 || in.overrun()) return length;
  return in.take(length - 1) | (std::uint64_t{1} << (length - 1));
}

}  // namespace sluice::chunk
