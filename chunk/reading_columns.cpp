#include "chunk/reading_columns.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "chunk/quality_column.hpp"
#include "chunk/time_column.hpp"
#include "chunk/value_column.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

bool all_good(std::span<const Quality> qualities) {
  return std::all_of(qualities.begin(), qualities.end(),
                     [](Quality quality) { return quality == Quality::kGood; });
}

}  // namespace

// What channels of one tick share comes first: a batch says common beginnings once.
void append_columns(BitWriter& out, std::span<const Reading> readings, const ValueHint& hint) {
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
  const Mapped mapped = choose_model(values, hint);
  const bool clean = mapped.exceptions.empty() && all_good(qualities);
  out.put(clean ? 0 : 1, 1);
  append_times(out, times);
  if (!clean) append_exceptions(out, mapped.exceptions);
  append_values(out, mapped);
  if (!clean) append_qualities(out, qualities, mapped.exceptions);
}

SealedChunk seal_columns(Stream stream, std::span<const Reading> readings, Bytes bytes) {
  SealedChunk sealed;
  sealed.stream = stream;
  sealed.channel = readings.front().channel;
  sealed.count = static_cast<std::uint32_t>(readings.size());
  sealed.first = readings.front().time;
  sealed.last = readings.back().time;
  sealed.bytes = std::move(bytes);
  return sealed;
}

const char* damage_of_header(const Chunk& chunk, Stream stream) {
  const ChunkHeader& header = chunk.header;
  if (checksum_of(header, chunk.bytes) != header.crc) return "its checksum is wrong";
  if (header.key.stream != stream) return "it is of another stream";
  if (header.count < 1 || header.count > kReadingsMax) return "its count is out of range";
  return nullptr;
}

std::vector<Reading> take_columns(BitReader& in, const ChunkHeader& header) {
  const bool clean = !in.take_flag();
  std::vector<std::int64_t> times(header.count);
  times.back() = to_ns(header.last);
  times.front() = to_ns(header.first);
  take_times(in, times);
  std::vector<Exception> exceptions;
  if (!clean) exceptions = take_exceptions(in, header.count);
  if (in.overrun()) return {};
  std::vector<double> values(header.count);
  take_values(in, values, exceptions);
  std::vector<Quality> qualities(header.count, Quality::kGood);
  if (!clean) take_qualities(in, qualities, exceptions);

  // A single reading has one stamp, however many its header says.
  if (times.back() != to_ns(header.last) || !std::is_sorted(times.begin(), times.end())) in.fail();
  std::vector<Reading> readings;
  readings.reserve(header.count);
  for (std::size_t i = 0; i < header.count; ++i) {
    readings.push_back({instant_from_ns(times[i]), values[i], header.channel, qualities[i]});
  }
  return readings;
}

}  // namespace sluice::chunk
