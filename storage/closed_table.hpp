#pragma once
// Runs that are over: closed by a record of ours, and then forgotten but for their last keys. All
// in a transaction of the caller's.
//
// A run that is over (storage/run_table) is closed by a gap record over all its keys. It is
// remembered until the collector has that record, and has said once more that it has the run. So
// the newest of such records is always in a run that is remembered: a collector restored to a time
// before anything of a closed run came has lost that record too, an answer shows it, and all closed
// runs are closed again. tests/model holds that.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// Closed runs that are remembered: some 40 bytes each. Of those before nobody could tell any more
// that a collector restored from a backup lacks them.
inline constexpr std::int64_t kClosedRunsMax = 4'096;
// Runs that are over and may wait to be closed. There are more only when the collector is one that
// cannot be asked.
inline constexpr std::size_t kOverRunsMax = 64;

// Runs that have to be closed, or closed again; the oldest ones.
std::vector<SettledRun> runs_to_close(Transaction& transaction, const KnownRun& current,
                                      std::size_t runs_max);
// `seq` is the key of the record, in the current run's stream of events. The transaction fails with
// kInvalid when one of them is not over, or has given other keys.
void note_closing(Transaction& transaction, const KnownRun& current, std::uint64_t seq,
                  std::span<const SettledRun> runs);
// Forgets what the collector knows to be closed, and runs without a key; keeps their share of the
// totals. The current run is never forgotten.
void forget_runs(Transaction& transaction, const KnownRun& current);
// The collector has lost something.
void close_all_again(Transaction& transaction);
// A closed run as another database remembers it; it is closed again.
void put_closed(Transaction& transaction, const SettledRun& run);

}  // namespace sluice::storage
