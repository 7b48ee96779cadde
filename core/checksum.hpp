#pragma once
// CRC-32 as in IEEE 802.3, zlib and PNG (polynomial 0xEDB88320 reflected), so that any language's
// standard library can verify our bytes. Check value: "123456789" -> 0xCBF43926.

#include <cstddef>
#include <cstdint>
#include <span>

namespace sluice {

// `seed` is the checksum of the bytes before these, 0 to begin.
std::uint32_t crc32(std::span<const std::byte> bytes, std::uint32_t seed = 0);

}  // namespace sluice
