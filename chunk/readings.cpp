#include "chunk/readings.hpp"

#include <optional>

#include "chunk/batch.hpp"
#include "chunk/quality_column.hpp"
#include "chunk/source.hpp"
#include "chunk/time_column.hpp"
#include "chunk/value_column.hpp"
#include "chunk/varint.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

// First byte of a chunk of readings. The columns follow: time, value, quality, each with a first
// byte of its own that says how it is written.
constexpr std::uint8_t kFormat = 1;

// Worst case per reading: a full varint of time, a raw value, a quality run of its own. A chunk
// that no batch can carry would never be delivered.
constexpr std::size_t kReadingBytesMax = kVarintBytesMax + sizeof(double) + 2;
static_assert(kReadingsMax * kReadingBytesMax <= kBatchBytesMax / 4 * 3);

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("a chunk of readings is damaged: ") + what};
}

}  // namespace

SealedChunk encode_readings(std::span<const Reading> readings) {
  CHECK(!readings.empty() && readings.size() <= kReadingsMax);
  std::vector<Instant> times;
  std::vector<double> values;
  std::vector<Quality> qualities;
  times.reserve(readings.size());
  values.reserve(readings.size());
  qualities.reserve(readings.size());
  for (const Reading& reading : readings) {
    CHECK(reading.channel == readings.front().channel);
    times.push_back(reading.time);
    values.push_back(reading.value);
    qualities.push_back(reading.quality);
  }

  SealedChunk sealed;
  sealed.stream = Stream::kRaw;
  sealed.channel = readings.front().channel;
  sealed.count = static_cast<std::uint32_t>(readings.size());
  sealed.first = times.front();
  sealed.last = times.back();
  append_byte(sealed.bytes, kFormat);
  append_times(sealed.bytes, times);
  append_values(sealed.bytes, values);
  append_qualities(sealed.bytes, qualities);
  return sealed;
}

Result<std::vector<Reading>> decode_readings(const Chunk& chunk) {
  const ChunkHeader& header = chunk.header;
  if (checksum_of(header, chunk.bytes) != header.crc) return corrupt("its checksum is wrong");
  if (header.key.stream != Stream::kRaw) return corrupt("it is of another stream");
  if (header.count < 1 || header.count > kReadingsMax) return corrupt("its count is out of range");

  Source source(chunk.bytes);
  if (source.take_byte() != kFormat) return corrupt("its format is unknown");
  const std::optional<std::vector<Instant>> times = take_times(source, header.first, header.count);
  if (!times || times->back() != header.last) return corrupt("its times are wrong");
  const std::optional<std::vector<double>> values = take_values(source, header.count);
  if (!values) return corrupt("its values are wrong");
  const std::optional<std::vector<Quality>> qualities = take_qualities(source, header.count);
  if (!qualities) return corrupt("its qualities are wrong");
  if (source.left() != 0) return corrupt("bytes follow its end");

  std::vector<Reading> readings;
  readings.reserve(header.count);
  for (std::size_t i = 0; i < header.count; ++i) {
    readings.push_back({(*times)[i], (*values)[i], header.channel, (*qualities)[i]});
  }
  return readings;
}

}  // namespace sluice::chunk
