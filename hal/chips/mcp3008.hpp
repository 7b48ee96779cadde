#pragma once
// How an MCP3008 or MCP3004 is asked for one conversion and what it says (Microchip,
// "MCP3004/3008", DS21295D). Pure functions.

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/result.hpp"

namespace sluice::hal::mcp3008 {

// Bytes of one conversation, the same number each way.
inline constexpr std::size_t kBytes = 5;
using Bytes = std::array<std::uint8_t, kBytes>;

// Inputs, in the order of the bits SGL/DIFF, D2, D1, D0 (tables 5-1 and 5-2): first one against
// another, then eight against ground.
enum class Input : std::uint8_t {
  k0Minus1,
  k1Minus0,
  k2Minus3,
  k3Minus2,
  k4Minus5,
  k5Minus4,
  k6Minus7,
  k7Minus6,
  k0,
  k1,
  k2,
  k3,
  k4,
  k5,
  k6,
  k7,
};

// With leading zeros, so that the result lies at the end of the third byte (figure 6-1), and clocks
// behind it, by which the chip says it once more (figure 5-2).
Bytes question(Input input);

// 0 to 1023. The chip says its ten bits with the highest one first, and nine of them again with the
// lowest one first: kCorrupt when the two differ, or the bit before is not 0, which is how an open
// line without a chip is told. A line that is stuck at 0 V says the same as an input at 0 V.
Result<std::uint16_t> code_of(const Bytes& answer);

// V, of equation 4-2: code = 1024 * voltage / reference.
double volts_of(std::uint16_t code, double reference_volts);

}  // namespace sluice::hal::mcp3008
