#pragma once
// The batch layer: makes rollups of what is stored. It reads through a connection of its own, a
// little at a time, and hands what it has made to the storage thread, which stores it together with
// the mark of how far it has come. It keeps nothing in memory that a start could not find again.
//
// Runs on a thread of its own when nobody else wants the processor; time is an argument.

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "app/crossings.hpp"
#include "app/history.hpp"
#include "app/rollup_maker.hpp"
#include "config/config.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/reader.hpp"

namespace sluice::app {

class BatchLayer {
 public:
  // `crossings` outlives it.
  BatchLayer(const config::RollupOptions& options, storage::Reader reader, Crossings& crossings);

  // One slice: a read of 16 KiB at most, or a chunk. Returns how long it may rest before the next.
  Duration step(Instant now);
  // So long the last one took.
  void note_slice(Duration taken);

 private:
  // A part of the work, and how long to rest.
  Result<Duration> slice();
  // Looks for a run that has something to do; false when there is none.
  Result<bool> choose_run();
  // Begins the next stretch of the channel, or goes on to the next channel.
  Result<> open_channel();
  // Makes the next read of the stretch, and what becomes of it at its end.
  Result<> work();
  void finish_stretch();
  void end_run();
  // The cursor moves to `after`, with `chunks`.
  void move(const storage::RollupCursor& after, std::vector<SealedChunk> chunks);
  // The first reading from the cursor on and before limit().
  Result<std::optional<Instant>> next_reading();
  storage::RollupChannel& channel() { return channels_.channels[channel_]; }
  // Of the channel; shorter ones would hold next to nothing.
  std::span<const Duration> lengths() const;
  // Up to here a stretch of the run may end.
  Instant limit_of(const storage::RollupRun& run) const;

  const config::RollupOptions options_;
  storage::Reader reader_;
  Crossings& crossings_;
  BatchStatus status_;

  // Where nothing is to be done before its limit is there; the largest time for one that is over.
  std::map<RunId, Instant> idle_until_;
  std::uint64_t clocks_ = 0;  // records of clocks that were there at the last look
  bool salvaging_ = false;

  bool looking_ = false;              // at
  bool moved_ = false;                // a cursor, since it does
  storage::RollupRun run_;            // this run,
  storage::RollupChannels channels_;  // its channels,
  std::size_t channel_ = 0;           // this one of them
  // and this stretch of it.
  struct Stretch {
    RollupMaker maker;
    History history;
  };
  std::optional<Stretch> stretch_;
  std::optional<storage::RolledUp> waiting_;  // for room in the ring
};

}  // namespace sluice::app
