#pragma once
// What every folder knows of a chunk: its permanent key, a small header, and bytes that only chunk/
// can read. A chunk is encoded once; the bytes on disk are the bytes on the wire.

#include <array>
#include <compare>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice {

using Bytes = std::vector<std::byte>;

// One start of the process: 128 random bits, made durable before the first record.
struct RunId {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const RunId&) const = default;
};
std::string to_hex(const RunId& run);  // 32 lower-case digits
// kInvalid unless `text` is exactly 32 hexadecimal digits.
Result<RunId> parse_run_id(std::string_view text);

// Part of the wire format and of the topic names.
enum class Stream : std::uint8_t { kEvent = 0, kRollup = 1, kRaw = 2, kRejected = 3 };
inline constexpr std::uint8_t kStreamCount = 4;
std::string_view name_of(Stream stream);             // "event", "rollup", "raw", "rejected"
Result<Stream> parse_stream(std::string_view name);  // kInvalid for any other name

// Databases count with signed numbers.
inline constexpr std::uint64_t kSeqMax = (std::uint64_t{1} << 63) - 1;

// Permanent name of a chunk within its gateway. seq counts 1, 2, 3... per run and stream, given in
// the transaction that stores the chunk, and never given twice.
struct ChunkKey {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t seq = 0;
  auto operator<=>(const ChunkKey&) const = default;
};

struct ChunkHeader {
  ChunkKey key;
  ChannelId channel = kNoChannel;  // kNoChannel for events
  std::uint32_t count = 0;         // records inside
  Instant first;                   // earliest and latest stamp inside, in the run's boot time
  Instant last;
  std::uint32_t crc = 0;  // checksum_of() this header and the bytes
};

struct Chunk {
  ChunkHeader header;
  Bytes bytes;
};

// What chunk/ makes and storage/ will give a key: a chunk that has no seq and no checksum yet.
struct SealedChunk {
  Stream stream = Stream::kRaw;
  ChannelId channel = kNoChannel;
  std::uint32_t count = 0;
  Instant first;
  Instant last;
  Bytes bytes;
  bool urgent = false;  // sent before others of its stream
  bool names = false;   // says what numbers in other chunks of its run mean
};

// CRC-32 over every header field but `crc`, in the order of docs/chunk-format.md, then the bytes.
std::uint32_t checksum_of(const ChunkHeader& header, std::span<const std::byte> bytes);

}  // namespace sluice
