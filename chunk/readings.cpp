#include "chunk/readings.hpp"

#include <string>

#include "chunk/batch.hpp"
#include "chunk/bits.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

// A chunk that no batch can carry would never be delivered. In bits, the most that a reading takes
// of time and of value, as escaped residuals; of a missing tick and an exception, each for every
// eighth; and of its quality.
constexpr std::size_t kReadingBitsMax = 92 + 92 + 160 / 8 + 128 / 8 + 6;
static_assert(kReadingsMax * kReadingBitsMax / 8 + 2 * kBatchOverheadBytes <= kBatchBytesMax);

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("a chunk of readings is damaged: ") + what};
}

}  // namespace

SealedChunk encode_readings(std::span<const Reading> readings, const ValueHint& hint) {
  CHECK(!readings.empty() && readings.size() <= kReadingsMax);
  BitWriter bits;
  append_columns(bits, readings, hint);
  return seal_columns(Stream::kRaw, readings, bits.take());
}

Result<std::vector<Reading>> decode_readings(const Chunk& chunk) {
  if (const char* const damage = damage_of_header(chunk, Stream::kRaw)) return corrupt(damage);
  BitReader bits(chunk.bytes);
  std::vector<Reading> readings = take_columns(bits, chunk.header);
  if (bits.overrun()) return corrupt("its columns make no sense");
  if (!bits.at_end()) return corrupt("bytes follow its end");
  return readings;
}

}  // namespace sluice::chunk
