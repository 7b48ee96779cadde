#pragma once
// What a start owes to the runs before it: their hot tails become chunks under their own keys, and
// what they lost at the end, or the disk lost since, is declared. Storage thread.

#include <string>

#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

// `boot` is the kernel's boot id of the current run: only a run of the same boot shares its time
// axis, so only then the restart gap has an end. A damaged frame is declared as media loss.
Result<> recover_earlier_runs(storage::Store& store, const std::string& boot, Instant now);

// Writes a gap record of what is missing; again and again, for the store tells it in pieces.
Result<> declare_missing(storage::Store& store, Instant now);

// Closes runs that are over and delivered, by a gap record over all their keys. It resolves
// nothing, unless the collector has lost some of them: nobody else could tell it any more.
Result<> close_runs(storage::Store& store, Instant now);

}  // namespace sluice::app
