#include "hal/chips/mcp3008.hpp"

namespace sluice::hal::mcp3008 {
namespace {

constexpr std::uint8_t kStart = 0x01;
constexpr unsigned kInputShift = 4;
constexpr std::uint8_t kNullBit = 0x04;  // of the second byte (figure 6-1)
constexpr unsigned kBits = 10;

}  // namespace

Bytes question(Input input) {
  return {kStart, static_cast<std::uint8_t>(static_cast<unsigned>(input) << kInputShift), 0, 0, 0};
}

Result<std::uint16_t> code_of(const Bytes& answer) {
  if ((answer[1] & kNullBit) != 0) {
    return Error{ErrorCode::kCorrupt, "no MCP3008 answers; is it wired to this chip select?"};
  }
  const unsigned code = ((answer[1] & 0x03U) << 8) | answer[2];
  // Bits 1 to 9 of the result, in this order, from the highest bit of the fourth byte on.
  const unsigned again = (static_cast<unsigned>(answer[3]) << 8) | answer[4];
  for (unsigned bit = 1; bit < kBits; ++bit) {
    if (((code >> bit) & 1U) == ((again >> (16 - bit)) & 1U)) continue;
    return Error{ErrorCode::kCorrupt,
                 "the MCP3008 says two different values; try a slower clock or shorter wires"};
  }
  return static_cast<std::uint16_t>(code);
}

double volts_of(std::uint16_t code, double reference_volts) {
  return code * reference_volts / 1'024.0;
}

}  // namespace sluice::hal::mcp3008
