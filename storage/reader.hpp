#pragma once
// Read-only view of the buffer for another thread: own connection, short transactions, never in the
// writer's way.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/lane.hpp"
#include "core/question.hpp"
#include "core/result.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

struct StoredChunk {
  std::uint64_t position = 0;  // order of storing, over all runs and streams; >= 1, never reused
  Chunk chunk;
};

// What the gateway still holds of one run and stream.
struct Holding {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t last_seq = 0;        // last key given
  std::uint64_t pending_chunks = 0;  // unacknowledged
  std::uint64_t unsettled = 0;       // keys: of those, and of what was dropped or is missing
  bool asks_last = false;            // the run is closed: the collector is to be asked once more
};

// What waits in a lane, and how old the chunk is that was stored first of it.
struct Waiting {
  std::uint64_t chunks = 0;
  std::uint64_t bytes = 0;  // of the chunks, without what packaging adds
  std::string boot;         // kernel's boot id of the oldest one's run; empty when nothing waits
  Instant first;            // its first stamp, in that boot's time
};
// By lane; the backlog waits in kRaw.
using WaitingByLane = std::array<Waiting, kStoredLanes>;

// The records of one channel with stamps from `from` on and before `to`, in the run's boot time.
struct TimeRange {
  RunId run;
  Stream stream = Stream::kRaw;
  ChannelId channel{};  // kNoChannel for events
  Instant from;
  Instant to;
};

// Where a range has been read to. As it is made: at the beginning.
struct Bookmark {
  std::int64_t after_ns = std::numeric_limits<std::int64_t>::min();
  std::uint64_t after_position = 0;
  std::uint64_t after_frame = 0;
  std::uint64_t last_seq = 0;  // of the run and stream; a new one says that frames were sealed
};

struct RangePart {
  std::vector<StoredChunk> chunks;  // that have a stamp in the range, or may; by their first stamps
  // Of the run's hot tail, oldest first: readings of all channels that are in no chunk yet.
  std::vector<Bytes> frames;
  bool last = false;  // the range ends here
};

// A channel in one run.
struct ChannelRun {
  RunId run;
  ChannelId channel{};
  Duration period{};
  // Records of a trusted clock in its boot, ascending; empty when nobody knows what time it was.
  std::vector<ClockRecord> clocks;
};

// A run that has readings, or had.
struct RollupRun {
  RunId run;
  bool over = false;  // no reading of it will come, but from a database that is salvaged
  Instant
      durable_upto;  // of an open one: what its loop stamped before is here, but for its disorder
  bool complete = false;  // all its readings are here: none is dropped, or delivered and gone
};

struct RollupRuns {
  std::vector<RollupRun> runs;  // the oldest first
  std::uint64_t clocks = 0;     // records of clocks, of all boots
};

struct RollupChannel {
  ChannelId channel{};
  std::string name;
  Duration period{};
  RollupCursor cursor;
};
struct RollupChannels {
  std::vector<RollupChannel> channels;
  std::vector<ClockRecord> clocks;  // of its boot, as in ChannelRun
  // Rollups were stored of which the cursors are lost, with the database that they were in.
  bool cursors_lost = false;
};

class Reader {
 public:
  // The database must exist: open the Store first.
  static Result<Reader> open(const std::string& path);
  // Of a database that may not be there yet: until it is, every question fails.
  explicit Reader(const std::string& path);
  Reader(Reader&&) noexcept;
  Reader& operator=(Reader&&) noexcept;
  ~Reader();

  // Pending chunks of `stream` behind `after`, oldest first, all of one run, as many as fit in
  // `bytes_max` once packaged (one at least). Empty when there are none. Goes through a whole
  // stream, of all runs, when called again with the position of the last.
  Result<std::vector<StoredChunk>> pending(Stream stream, std::uint64_t after,
                                           std::size_t bytes_max);
  // The same of a lane, from the end that the range says, of one run, in that order. The backlog's
  // chunks are those of raw readings.
  Result<std::vector<StoredChunk>> pending(const LaneRange& range, std::size_t bytes_max);
  // Of the chunk that was stored last; 0: none ever was.
  Result<std::uint64_t> newest_position();
  // Those of `positions` that are still pending, in order of position.
  Result<std::vector<StoredChunk>> at(std::span<const std::uint64_t> positions);
  Result<std::vector<Holding>> holdings();
  // What to ask the collector about the keys of a stream from `first` on, without a number; with at
  // most `ranges_max` ranges, so that it may end before the last key. Nothing when there are none.
  Result<std::optional<Question>> question(const RunId& run, Stream stream, std::uint64_t first,
                                           std::size_t ranges_max);
  // Exact, and without counting: a step down an index for each lane.
  Result<WaitingByLane> waiting();

  // Goes on at `bookmark` and moves it: at most `bytes_max` (one record at least) in one short
  // transaction, and nothing is locked between two calls. A part may be empty and not the last.
  // What is sealed between two calls may come in a frame and in its chunk, and never in neither.
  // Chunks that were delivered are in it as long as they are kept.
  Result<RangePart> range(const TimeRange& range, Bookmark& bookmark, std::size_t bytes_max);

  // Runs in which a channel of that name was read and of which readings may be here, oldest first.
  Result<std::vector<ChannelRun>> runs_of(const std::string& channel);

  // What there is to roll up.
  Result<RollupRuns> rollup_runs();
  Result<RollupChannels> rollup_channels(const RunId& run);

  // What was met since the last call: chunks whose checksum is wrong, which are never returned, and
  // places that cannot be read. The store should examine() them. A bounded number; what is left out
  // is met again.
  std::vector<Suspect> take_suspects();

 private:
  struct Impl;
  class Pending;
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::storage
