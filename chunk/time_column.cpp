#include "chunk/time_column.hpp"

#include <cstdint>

#include "chunk/varint.hpp"
#include "core/check.hpp"

namespace sluice::chunk {
namespace {

// How the column is written; its first byte. Numbers stay.
constexpr std::uint8_t kStepChanges = 0;  // change of the step between stamps, as a folded varint

}  // namespace

void append_times(Bytes& out, std::span<const Instant> stamps) {
  CHECK(!stamps.empty());
  append_byte(out, kStepChanges);
  std::int64_t step = 0;
  for (std::size_t i = 1; i < stamps.size(); ++i) {
    CHECK(stamps[i] >= stamps[i - 1]);
    const std::int64_t next = wrapping_difference(to_ns(stamps[i]), to_ns(stamps[i - 1]));
    append_varint(out, fold(wrapping_difference(next, step)));
    step = next;
  }
}

std::optional<std::vector<Instant>> take_times(Source& source, Instant first, std::size_t count) {
  CHECK(count >= 1);
  if (source.take_byte() != kStepChanges) return std::nullopt;
  // A step takes a byte at least, so the memory taken is bounded by the input's size.
  if (source.left() < count - 1) return std::nullopt;
  std::vector<Instant> stamps = {first};
  stamps.reserve(count);
  std::int64_t step = 0;
  while (stamps.size() < count) {
    const std::optional<std::uint64_t> change = take_varint(source);
    if (!change) return std::nullopt;
    step = wrapping_sum(step, unfold(*change));
    const Instant next = instant_from_ns(wrapping_sum(to_ns(stamps.back()), step));
    if (next < stamps.back()) return std::nullopt;
    stamps.push_back(next);
  }
  return stamps;
}

}  // namespace sluice::chunk
