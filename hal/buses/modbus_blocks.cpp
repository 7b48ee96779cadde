#include "hal/buses/modbus_blocks.hpp"

#include <algorithm>

namespace sluice::hal::modbus {
namespace {

bool fits(const Block& block, const Stretch& next) {
  const Stretch& whole = block.whole;
  if (whole.unit != next.unit || whole.table != next.table) return false;
  const std::uint32_t gap_max = is_bits(next.table) ? kBitGapMax : kGapMax;
  if (next.first > whole.end() + gap_max) return false;
  return std::max(whole.end(), next.end()) - whole.first <= most_of(next.table);
}

}  // namespace

std::vector<Block> blocks_of(const std::vector<Stretch>& stretches,
                             const std::vector<Stretch>& cuts) {
  std::vector<Block> blocks;
  for (const Stretch& next : stretches) {
    const bool cut = std::find(cuts.begin(), cuts.end(), next) != cuts.end();
    if (blocks.empty() || cut || !fits(blocks.back(), next)) {
      blocks.push_back({.whole = next, .parts = {next}});
      continue;
    }
    Block& block = blocks.back();
    const std::uint32_t end = std::max(block.whole.end(), next.end());
    block.whole.count = static_cast<std::uint16_t>(end - block.whole.first);
    block.parts.push_back(next);
  }
  return blocks;
}

std::vector<Stretch> cuts_of(const Block& block) {
  std::vector<Stretch> cuts;
  std::uint32_t end = block.whole.first;
  for (const Stretch& part : block.parts) {
    if (part.first > end) cuts.push_back(part);
    end = std::max(end, part.end());
  }
  if (cuts.empty() && block.parts.size() > 1) cuts.push_back(block.parts[block.parts.size() / 2]);
  return cuts;
}

}  // namespace sluice::hal::modbus
