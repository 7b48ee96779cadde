#pragma once
// What is left of chunks that were dropped: their keys, checksums and readings, until the collector
// has settled them; and which of them no gap record tells of yet.

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "core/event.hpp"
#include "core/interval_set.hpp"
#include "core/time.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// One dropped chunk.
struct Tombstone {
  std::uint32_t crc = 0;
  std::uint32_t readings = 0;
};
std::uint64_t readings_in(std::span<const Tombstone> members);
inline constexpr std::size_t kTombstoneBytes = 8;  // of each, as it is stored

// Dropped chunks whose keys follow each other: `first`, first + 1, ...
struct TombstoneRow {
  std::uint64_t first = 0;
  std::vector<Tombstone> members;
  GapReason reason = GapReason::kQuota;
  bool declared = false;  // a gap record in the event stream covers them
  Instant first_stamp;    // no stamp inside lies before, or behind the next
  Instant last_stamp;
  std::uint64_t record = 0;  // position of that gap record, as far as it is known

  std::uint64_t last() const { return first + members.size() - 1; }
};

// Most keys in one row. Rows of one kind that touch are joined up to it: each change of a row
// writes it anew, and 4 KiB are as much as a small commit writes anyway.
inline constexpr std::size_t kTombstonesPerRow = 512;

// Those rows that share a key with `interval`, cut to it, ascending.
std::vector<TombstoneRow> tombstones_in(Transaction& transaction, const KnownRun& run,
                                        Stream stream, const Interval& interval);
// REQUIRES: at least one member, none of which has a tombstone.
void add_tombstones(Transaction& transaction, const KnownRun& run, Stream stream, TombstoneRow row);
// Those that are in `interval`.
void remove_tombstones(Transaction& transaction, const KnownRun& run, Stream stream,
                       const Interval& interval);

// Rows of keys that are not declared, joined, of all runs; `rows_max` at most.
std::vector<Drop> undeclared_drops(Transaction& transaction, std::size_t rows_max);
// The transaction fails with kInvalid when not all of `drop` is there and undeclared.
// `record` is the position of the gap record.
void mark_declared(Transaction& transaction, const KnownRun& run, const Drop& drop,
                   std::uint64_t record);

}  // namespace sluice::storage
