#include "chunk/quality_column.hpp"

#include <algorithm>
#include <cstdint>

namespace sluice::chunk {
namespace {

using Qualities = std::span<const Quality>;
using Exceptions = std::span<const Exception>;

constexpr unsigned kQualityBits = 3;
static_assert(kQualityCount <= 1U << kQualityBits);

bool is_good(Quality quality) {
  return quality == Quality::kGood;
}

std::size_t run_length(Qualities qualities) {
  const auto end = std::find_if(qualities.begin(), qualities.end(),
                                [&](Quality quality) { return quality != qualities.front(); });
  return static_cast<std::size_t>(end - qualities.begin());
}

// Whether all outside the exceptions are good, and those of each exception are the same.
bool follow(Qualities qualities, Exceptions exceptions) {
  std::size_t at = 0;
  for (const Exception& exception : exceptions) {
    const Qualities before = qualities.subspan(at, exception.at - at);
    const Qualities inside = qualities.subspan(exception.at, exception.count);
    if (!std::all_of(before.begin(), before.end(), is_good)) return false;
    if (run_length(inside) != inside.size()) return false;
    at = exception.at + exception.count;
  }
  const Qualities behind = qualities.subspan(at);
  return std::all_of(behind.begin(), behind.end(), is_good);
}

void put_quality(BitWriter& out, Quality quality) {
  out.put(static_cast<std::uint64_t>(quality), kQualityBits);
}

Quality take_quality(BitReader& in) {
  const std::uint64_t number = in.take(kQualityBits);
  if (number >= kQualityCount) in.fail();
  return static_cast<Quality>(number);
}

}  // namespace

// A flag; then the quality of each exception, or runs: a quality, and how many more have it.
void append_qualities(BitWriter& out, Qualities qualities, Exceptions exceptions) {
  const bool runs = !follow(qualities, exceptions);
  out.put(runs ? 1 : 0, 1);
  if (!runs) {
    for (const Exception& exception : exceptions) put_quality(out, qualities[exception.at]);
    return;
  }
  while (!qualities.empty()) {
    const std::size_t count = run_length(qualities);
    put_quality(out, qualities.front());
    put_number(out, count - 1, is_good(qualities.front()) ? kWide : 0);
    qualities = qualities.subspan(count);
  }
}

void take_qualities(BitReader& in, std::span<Quality> qualities, Exceptions exceptions) {
  if (!in.take_flag()) {
    std::fill(qualities.begin(), qualities.end(), Quality::kGood);
    for (const Exception& exception : exceptions) {
      const auto inside = qualities.subspan(exception.at, exception.count);
      std::fill(inside.begin(), inside.end(), take_quality(in));
    }
    return;
  }
  while (!qualities.empty() && !in.overrun()) {
    const Quality quality = take_quality(in);
    const std::uint64_t more = take_number(in, is_good(quality) ? kWide : 0);
    if (more >= qualities.size()) return in.fail();
    const auto count = static_cast<std::size_t>(more) + 1;
    std::fill_n(qualities.begin(), count, quality);
    qualities = qualities.subspan(count);
  }
}

}  // namespace sluice::chunk
