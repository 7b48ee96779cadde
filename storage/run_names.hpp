#pragma once
// What runs call their channels, and how their boots map to wall time: for whoever asks by name and
// time of day. Kept as long as the run is remembered.

#include <span>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/event.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// Both may come again.
void note_channels(Transaction& transaction, const KnownRun& run,
                   std::span<const ChannelDeclared> channels);
// Those of a synchronised clock. One that says the same as the one before, within kClockStep, is
// not kept; of more than kClocksMax the newest takes the last one's place.
void note_clocks(Transaction& transaction, const KnownRun& run,
                 std::span<const ClockRecord> clocks);

inline constexpr Duration kClockStep = std::chrono::milliseconds(500);
inline constexpr std::int64_t kClocksMax = 64;

// Of runs that have no readings any more; those of `current` stay.
void forget_names(Transaction& transaction, const KnownRun& current);

// As Store::boots_of().
std::vector<KnownBoot> boots_of(Transaction& transaction, const std::string& channel);
// Empty when the run is not known.
std::string boot_of(Transaction& transaction, const RunId& run);

}  // namespace sluice::storage
