#pragma once
// Whether the database has got as far as it is known to have been, by the watermark beside it or by
// what the running process has seen committed.

#include <cstdint>
#include <optional>

#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/watermark.hpp"

namespace sluice::storage {

// How far `run` has got by the database; without the position.
Watermark mark_of(Transaction& transaction, const KnownRun& run);
// Only the keys given, and the readings that are in chunks.
void note_keys(Transaction& transaction, const KnownRun& run, Watermark& mark);

// The run of `mark`, added when the database, which had given positions up to `position`, has lost
// it. Nothing when it was forgotten, because all of it was settled.
std::optional<KnownRun> run_of(Transaction& transaction, const Watermark& mark,
                               std::uint64_t position);

// For a database that has lost the chunks up to `position`, and what was given until its loss.
void give_positions_behind(Transaction& transaction, std::uint64_t position);

// What of it is not there may still come, out of a database that was set aside.
enum class Rest : std::uint8_t { kGone, kToBeSalvaged };
// Compares a run with how far it had got by `mark`. Of what is not there any more no key is ever
// given again, left-over frames are removed, and, if it is gone, the loss is noted, undeclared.
// False, and nothing is changed, when the run has got as far as that.
bool catch_up(Transaction& transaction, const KnownRun& run, const Watermark& mark, Rest rest);

}  // namespace sluice::storage
