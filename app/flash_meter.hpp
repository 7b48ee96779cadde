#pragma once
// How fast the flash under the buffer wears, from what was written to it so far.

#include <cstdint>
#include <optional>

#include "core/time.hpp"

namespace sluice::app {

struct FlashUse {
  std::optional<std::uint64_t> device_bytes;  // that reached the disk; nothing when nobody counts
  Duration over{};                            // in this time
  std::uint64_t endurance_bytes = 0;          // the card's TBW; 0: not known
};

// Bytes that wear the card for each that reaches it: what the file system writes on its own, its
// journal above all, and what a card moves inside when small writes are synced, beyond the large
// ones that its TBW is stated for. An assumption, on the careful side, and no measurement.
inline constexpr double kWriteAmplification = 4.0;

// Nothing in the first 10 minutes, which have the start in them.
std::optional<double> bytes_per_day(const FlashUse& use);
// From new to worn out. Nothing without a rate or an endurance.
std::optional<double> card_life_years(const FlashUse& use);

}  // namespace sluice::app
