#pragma once
// What goes when there is no room: raw readings that a rollup covers, then the least valuable
// stream first; the oldest first, a bounded piece at a time.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/result.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"
#include "storage/thinning.hpp"

namespace sluice::storage {

// Most chunks that go in one transaction.
inline constexpr std::size_t kDropChunksMax = 512;

// What a chunk takes beside its bytes, in the table and its indices.
inline constexpr std::uint64_t kDroppedRowBytes = 80;

// Event chunks of the current run that say what its numbers mean. They stay while it goes on: what
// comes after them would be readings of nobody knows what. Of a run that has ended they go last, as
// its events do.
class NamingChunks {
 public:
  void add(std::uint64_t seq);
  bool contain(std::uint64_t seq) const;

 private:
  std::vector<std::uint64_t> seqs_;  // one for each change of the configuration
};

struct DropRequest {
  std::uint64_t bytes;
  const KnownRun& run;  // the current one
  const NamingChunks& names;
};

// Chunks of one run and stream that take as many bytes or a little more, as far as kDropChunksMax
// allows. Nothing when nothing may be dropped, or rollups have to be looked through first.
std::vector<Drop> propose_drops(Transaction& transaction, Thinning& thinning,
                                const DropRequest& request);

// The transaction fails with kInvalid when no such run is known.
std::optional<KnownRun> known_run_of(Transaction& transaction, const Drop& drop);

// Turns the chunks into tombstones. The transaction fails with kInvalid when `drop` is not, or no
// longer, a row of pending chunks that may be dropped.
void apply_drop(Transaction& transaction, const KnownRun& run, const Drop& drop);

}  // namespace sluice::storage
