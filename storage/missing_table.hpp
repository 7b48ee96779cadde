#pragma once
// What was durable and is gone: which keys of which run, and whether a gap record tells of it.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/interval_set.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// Notes `missing` as undeclared. REQUIRES: none of its keys is stored, settled or noted.
void note_missing(Transaction& transaction, const KnownRun& run, const Missing& missing);
// Keys that had been settled, or declared, by a database that is gone: whatever the collector makes
// of them is right, and nobody has to hear of them.
void note_settled_unseen(Transaction& transaction, const KnownRun& run, const Missing& missing);
// The oldest that are not declared, `rows_max` at most.
std::vector<Missing> undeclared_missing(Transaction& transaction, std::size_t rows_max);
std::uint64_t count_undeclared(Transaction& transaction);
// Takes out the keys of `interval` that are declared; which those are.
std::vector<Interval> take_declared(Transaction& transaction, const KnownRun& run, Stream stream,
                                    const Interval& interval);
// They are now, by the gap record at `record`, and their readings count as dropped. kInvalid when
// one is not there, undeclared.
void mark_declared(Transaction& transaction, const Missing& missing, std::uint64_t record);
// Those intervals that share a key with `interval`, ascending.
std::vector<Interval> missing_in(Transaction& transaction, std::int64_t run, std::int64_t stream,
                                 const Interval& interval);

// Keys that were given and are nowhere: not stored, not settled, not missing. Ascending.
std::vector<Interval> holes_in(Transaction& transaction, const KnownRun& run, Stream stream);

}  // namespace sluice::storage
