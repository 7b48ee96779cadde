#include "chunk/quality_column.hpp"

#include <algorithm>
#include <cstdint>

namespace sluice::chunk {
namespace {

constexpr unsigned kQualityBits = 3;
static_assert(kQualityCount <= 1U << kQualityBits);

bool is_good(Quality quality) {
  return quality == Quality::kGood;
}

}  // namespace

// A flag, whether all are good; if not, runs: the quality and how many more have it.
void append_qualities(BitWriter& out, std::span<const Quality> qualities) {
  const bool all_good = std::all_of(qualities.begin(), qualities.end(), is_good);
  out.put(all_good ? 0 : 1, 1);
  if (all_good) return;
  for (auto begin = qualities.begin(); begin != qualities.end();) {
    const auto end =
        std::find_if(begin, qualities.end(), [&](Quality quality) { return quality != *begin; });
    out.put(static_cast<std::uint64_t>(*begin), kQualityBits);
    put_number(out, static_cast<std::uint64_t>(end - begin) - 1, is_good(*begin) ? kWide : 0);
    begin = end;
  }
}

void take_qualities(BitReader& in, std::span<Quality> qualities) {
  if (!in.take_flag()) {
    std::fill(qualities.begin(), qualities.end(), Quality::kGood);
    return;
  }
  while (!qualities.empty() && !in.overrun()) {
    const std::uint64_t number = in.take(kQualityBits);
    if (number >= kQualityCount) return in.fail();
    const auto quality = static_cast<Quality>(number);
    const std::uint64_t more = take_number(in, is_good(quality) ? kWide : 0);
    if (more >= qualities.size()) return in.fail();
    const auto count = static_cast<std::size_t>(more) + 1;
    std::fill_n(qualities.begin(), count, quality);
    qualities = qualities.subspan(count);
  }
}

}  // namespace sluice::chunk
