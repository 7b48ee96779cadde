#include "chunk/readings.hpp"

#include <string>

#include "chunk/batch.hpp"
#include "chunk/bits.hpp"
#include "chunk/reading_columns.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("a chunk of readings is damaged: ") + what};
}

}  // namespace

SealedChunk encode_readings(std::span<const Reading> readings, const ValueHint& hint) {
  CHECK(!readings.empty() && readings.size() <= kReadingsMax);
  BitWriter bits;
  append_columns(bits, readings, hint);

  SealedChunk sealed;
  sealed.stream = Stream::kRaw;
  sealed.channel = readings.front().channel;
  sealed.count = static_cast<std::uint32_t>(readings.size());
  sealed.first = readings.front().time;
  sealed.last = readings.back().time;
  sealed.bytes = bits.take();
  return sealed;
}

Result<std::vector<Reading>> decode_readings(const Chunk& chunk) {
  const ChunkHeader& header = chunk.header;
  if (checksum_of(header, chunk.bytes) != header.crc) return corrupt("its checksum is wrong");
  if (header.key.stream != Stream::kRaw) return corrupt("it is of another stream");
  if (header.count < 1 || header.count > kReadingsMax) return corrupt("its count is out of range");

  BitReader bits(chunk.bytes);
  std::vector<Reading> readings = take_columns(bits, header);
  if (bits.overrun()) return corrupt("its columns make no sense");
  if (!bits.at_end()) return corrupt("bytes follow its end");
  return readings;
}

}  // namespace sluice::chunk
