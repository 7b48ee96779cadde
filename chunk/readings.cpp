#include "chunk/readings.hpp"

#include <string>

#include "chunk/batch.hpp"
#include "chunk/bits.hpp"
#include "chunk/quality_column.hpp"
#include "chunk/time_column.hpp"
#include "chunk/value_column.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

Error corrupt(const char* what) {
  return Error{ErrorCode::kCorrupt, std::string("a chunk of readings is damaged: ") + what};
}

}  // namespace

SealedChunk encode_readings(std::span<const Reading> readings, const ValueHint& hint) {
  CHECK(!readings.empty() && readings.size() <= kReadingsMax);
  std::vector<std::int64_t> times;
  std::vector<double> values;
  std::vector<Quality> qualities;
  times.reserve(readings.size());
  values.reserve(readings.size());
  qualities.reserve(readings.size());
  for (const Reading& reading : readings) {
    CHECK(reading.channel == readings.front().channel);
    CHECK(times.empty() || to_ns(reading.time) >= times.back());
    times.push_back(to_ns(reading.time));
    values.push_back(reading.value);
    qualities.push_back(reading.quality);
  }

  BitWriter bits;
  append_times(bits, times);
  append_values(bits, values, hint);
  append_qualities(bits, qualities);

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

  std::vector<std::int64_t> times(header.count);
  times.front() = to_ns(header.first);
  times.back() = to_ns(header.last);
  BitReader bits(chunk.bytes);
  take_times(bits, times);
  if (bits.overrun()) return corrupt("its times are wrong");
  std::vector<double> values(header.count);
  take_values(bits, values);
  if (bits.overrun()) return corrupt("its values are wrong");
  std::vector<Quality> qualities(header.count);
  take_qualities(bits, qualities);
  if (bits.overrun()) return corrupt("its qualities are wrong");
  if (!bits.at_end()) return corrupt("bytes follow its end");

  std::vector<Reading> readings;
  readings.reserve(header.count);
  std::int64_t last = to_ns(header.first);
  for (std::size_t i = 0; i < header.count; ++i) {
    if (times[i] < last) return corrupt("its times fall");
    last = times[i];
    readings.push_back({instant_from_ns(times[i]), values[i], header.channel, qualities[i]});
  }
  return readings;
}

}  // namespace sluice::chunk
