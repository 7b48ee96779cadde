#pragma once
// The grace area: chunks that the collector has, kept here as long as there is room, in case that
// it loses them. Nothing marks them: a chunk whose key is settled is kept. The oldest run's go
// first, readings before what is known of them; a gap record not before everything it declares is
// settled, for nobody else could declare it.

#include <cstdint>

#include "storage/options.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {

// Most that it may have: a quarter of the quota. Chunks of some days at the usual rates; an outage
// takes it back when it needs the room.
std::uint64_t grace_bytes_max(const Options& options);

// Earlier runs of which something may be kept. Each is asked about when the collector is, and
// cannot be closed.
inline constexpr std::int64_t kEarlierRunsKept = 8;

// Erases chunks that are kept, the first to go first, until `bytes` are free or no more may go; a
// bounded number at a time. How many went.
std::uint64_t erase_kept(Transaction& transaction, std::uint64_t bytes);

// The same of runs before the last kEarlierRunsKept ones, whatever room they take.
std::uint64_t erase_kept_of_old_runs(Transaction& transaction, const KnownRun& current);

}  // namespace sluice::storage
