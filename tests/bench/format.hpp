#pragma once
// A way to pack readings into the payload of one message. The gateway's own is measured beside
// others, which exist for this comparison only: their decoders trust what they are given.

#include <cstddef>
#include <span>
#include <string_view>
#include <vector>

#include "core/chunk.hpp"
#include "core/reading.hpp"
#include "tests/bench/recording.hpp"

namespace sluice::bench {

// What one message carries.
struct Group {
  std::span<const Reading> arrived;                // in order of arrival
  std::vector<std::span<const Reading>> channels;  // the same by channel, in order of time
  std::span<const DeclaredChannel> declared;       // of all channels, by number
};

enum class Order { kArrival, kChannel };

struct Format {
  std::string_view name;
  Order order;  // of what decode() returns
  Bytes (*encode)(const Group& group);
  std::vector<Reading> (*decode)(std::span<const std::byte> payload,
                                 std::span<const DeclaredChannel> declared);
};

// Every message says which gateway and run it is from, as the gateway's own does.
inline constexpr std::string_view kGatewayId = "gateway-7";
inline constexpr RunId kRun{
    {1, 35, 69, 103, 137, 171, 205, 239, 16, 50, 84, 118, 152, 186, 220, 254}};

Format chunks();    // the gateway's own: a batch of one chunk per channel
Format gorilla();   // Pelkonen et al., VLDB 2015: blocks per channel
Format chimp();     // Liakos et al., VLDB 2022: its values, Gorilla's times
Format senml();     // RFC 8428 in JSON, with gzip
Format row_zstd();  // FlatBuffers rows with Zstandard
Format raw_rows();  // 19 bytes a reading, nothing else: as good as a copy

}  // namespace sluice::bench
