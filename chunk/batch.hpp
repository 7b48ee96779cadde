#pragma once
// The payload of one MQTT message: some chunks of one run and stream, packaged. A batch has no
// identity of its own. Pure functions, any thread.

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/chunk.hpp"
#include "core/result.hpp"

namespace sluice::chunk {

// Limits of what is accepted, so that a hostile batch costs no more than its own size.
inline constexpr std::size_t kBatchBytesMax = 1024 * 1024;
inline constexpr std::size_t kChunksPerBatchMax = 4'096;
inline constexpr std::size_t kGatewayIdMax = 64;
// What a chunk's header, and a batch itself, add to the chunks' bytes at most.
inline constexpr std::size_t kHeaderBytesMax = 96;
inline constexpr std::size_t kBatchOverheadBytes = 4'096;

struct Batch {
  std::string gateway;
  std::vector<Chunk> chunks;  // at least one, all of one run and stream
  bool backlog = false;       // they waited while there was no link: history, not news
};

enum class Backlog : bool { kNo, kYes };

// REQUIRES: `gateway` matches [A-Za-z0-9_-]{1,64}; 1 <= chunks.size() <= kChunksPerBatchMax, all of
// one run and stream; the chunks' bytes, their headers and the overhead fit into kBatchBytesMax.
Bytes encode_batch(std::string_view gateway, std::span<const Chunk> chunks,
                   Backlog backlog = Backlog::kNo);

// Chunks with the checksums that they were encoded with. Their columns are not looked into: to read
// one channel, decode the chunks whose header names it. kCorrupt when the structure, a limit or the
// checksum is off. Takes no more memory than three times kBatchBytesMax.
Result<Batch> decode_batch(std::span<const std::byte> payload);

}  // namespace sluice::chunk
