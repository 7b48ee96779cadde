#include "chunk/quality_column.hpp"

#include <algorithm>
#include <cstdint>

#include "chunk/varint.hpp"

namespace sluice::chunk {
namespace {

// How the column is written; its first byte. Numbers stay.
constexpr std::uint8_t kRunLengths = 0;  // quality byte, varint length, until all are told

}  // namespace

void append_qualities(Bytes& out, std::span<const Quality> qualities) {
  append_byte(out, kRunLengths);
  for (auto begin = qualities.begin(); begin != qualities.end();) {
    const auto end =
        std::find_if(begin, qualities.end(), [&](Quality quality) { return quality != *begin; });
    append_byte(out, static_cast<std::uint8_t>(*begin));
    append_varint(out, static_cast<std::uint64_t>(end - begin));
    begin = end;
  }
}

std::optional<std::vector<Quality>> take_qualities(Source& source, std::size_t count) {
  if (source.take_byte() != kRunLengths) return std::nullopt;
  std::vector<Quality> qualities;
  qualities.reserve(count);
  while (qualities.size() < count) {
    const std::optional<std::uint8_t> quality = source.take_byte();
    const std::optional<std::uint64_t> length = take_varint(source);
    if (!quality || *quality >= kQualityCount || !length) return std::nullopt;
    if (*length == 0 || *length > count - qualities.size()) return std::nullopt;
    qualities.insert(qualities.end(), static_cast<std::size_t>(*length),
                     static_cast<Quality>(*quality));
  }
  return qualities;
}

}  // namespace sluice::chunk
