#pragma once
// Ways in which bytes go bad, for tests of decoders: every bit flipped, every length cut, and
// seeded random mutation.

#include <cstddef>
#include <cstdint>
#include <random>
#include <span>
#include <utility>

#include "core/chunk.hpp"

namespace sluice::chunk {

// A key and a checksum, as storage gives them.
inline Chunk keyed(SealedChunk sealed, std::uint64_t seq = 7) {
  Chunk chunk;
  chunk.header.key.run.bytes.fill(0x5A);
  chunk.header.key.stream = sealed.stream;
  chunk.header.key.seq = seq;
  chunk.header.channel = sealed.channel;
  chunk.header.count = sealed.count;
  chunk.header.first = sealed.first;
  chunk.header.last = sealed.last;
  chunk.bytes = std::move(sealed.bytes);
  chunk.header.crc = checksum_of(chunk.header, chunk.bytes);
  return chunk;
}

// `verdict` gets each damaged version.
template <typename Verdict>
void flip_every_bit(const Bytes& good, Verdict verdict) {
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    Bytes bad = good;
    bad[bit / 8] ^= std::byte{1} << (bit % 8);
    verdict(bad);
  }
}

template <typename Verdict>
void cut_at_every_length(const Bytes& good, Verdict verdict) {
  for (std::size_t size = 0; size < good.size(); ++size) {
    const auto bytes = std::span(good).first(size);
    verdict(Bytes(bytes.begin(), bytes.end()));
  }
}

// Each version has some bytes replaced, and sometimes some cut out or put in.
template <typename Verdict>
void mutate(const Bytes& good, std::uint32_t seed, int versions, Verdict verdict) {
  std::mt19937 random(seed);
  const auto below = [&](std::size_t limit) {
    return std::uniform_int_distribution<std::size_t>(0, limit - 1)(random);
  };
  for (int version = 0; version < versions; ++version) {
    Bytes bad = good;
    for (std::size_t i = 0, count = 1 + below(4); i < count; ++i) {
      bad[below(bad.size())] = static_cast<std::byte>(below(256));
    }
    const auto at = bad.begin() + static_cast<std::ptrdiff_t>(below(bad.size()));
    const std::size_t kind = below(4);
    if (kind == 0) bad.erase(at);
    if (kind == 1) bad.insert(at, static_cast<std::byte>(below(256)));
    verdict(bad);
  }
}

}  // namespace sluice::chunk
