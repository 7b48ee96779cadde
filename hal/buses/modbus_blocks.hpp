#pragma once
// Which requests it takes to read some stretches of registers: neighbours are read together, with a
// few registers between them that nobody asked for. Pure functions.

#include <cstdint>
#include <vector>

#include "hal/buses/modbus_value.hpp"

namespace sluice::hal::modbus {

// Registers read for nothing, at most, so as to spare a request: 32 bytes, where a request costs
// 8 bytes, an answer 5 and the device a few milliseconds. Bits: as many bytes' worth.
inline constexpr std::uint16_t kGapMax = 16;
inline constexpr std::uint16_t kBitGapMax = 256;

// One request, and the stretches that it answers, in the order of their addresses.
struct Block {
  Stretch whole;
  std::vector<Stretch> parts;
};

// `stretches` sorted, each once. `cuts` are stretches with which a block has to begin. Each stretch
// is in exactly one block.
std::vector<Block> blocks_of(const std::vector<Stretch>& stretches,
                             const std::vector<Stretch>& cuts);

// Where to cut a block that the device does not answer as a whole: behind each gap, for what is
// there nobody asked for; without gaps in the middle. Nothing for a block of one part.
std::vector<Stretch> cuts_of(const Block& block);

}  // namespace sluice::hal::modbus
