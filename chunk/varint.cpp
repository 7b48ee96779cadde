#include "chunk/varint.hpp"

namespace sluice::chunk {

void append_varint(Bytes& out, std::uint64_t value) {
  while (value >= 0x80U) {
    append_byte(out, static_cast<std::uint8_t>(0x80U | (value & 0x7FU)));
    value >>= 7;
  }
  append_byte(out, static_cast<std::uint8_t>(value));
}

std::optional<std::uint64_t> take_varint(Source& source) {
  std::uint64_t value = 0;
  for (unsigned shift = 0; shift < 7 * kVarintBytesMax; shift += 7) {
    const std::optional<std::uint8_t> byte = source.take_byte();
    if (!byte) return std::nullopt;
    const std::uint64_t bits = *byte & 0x7FU;
    if (shift == 63 && bits > 1) return std::nullopt;
    value |= bits << shift;
    if (*byte < 0x80U) {
      const bool overlong = *byte == 0 && shift > 0;
      return overlong ? std::nullopt : std::optional(value);
    }
  }
  return std::nullopt;
}

}  // namespace sluice::chunk
