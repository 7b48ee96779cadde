#pragma once
// The gateway's buffer: one SQLite database, one writing connection that also checkpoints. Owned
// and called by the storage thread alone; others read through storage/reader.hpp.
//
// A chunk is pending until the collector acknowledges it, then kept for a while, then gone. A chunk
// that was dropped leaves its key and checksum behind, as a tombstone, until the collector has
// settled that key too. The transaction that drops makes it known durably; a gap record in the
// event stream declares it once somebody may hear of it, so that an endless outage is one gap that
// grows.

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/question.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/disk.hpp"
#include "storage/options.hpp"
#include "storage/written.hpp"

namespace sluice::storage {

// One commit's worth of readings that are not in a chunk yet.
struct Frame {
  std::uint32_t count = 0;
  Instant first;
  Instant last;
  Bytes bytes;
};

// An earlier run as the database remembers it.
struct EarlierRun {
  RunId run;
  std::string boot;           // kernel's boot id
  bool ended = false;         // it said goodbye: nothing of it is missing
  Instant last_durable;       // latest stamp of a durable reading, or the start of the run
  std::vector<Bytes> frames;  // its hot tail, oldest first
};

// Raw readings around an alert, both ends included: what of the channel, or of all channels when it
// has no name, reaches into it goes into the lane of requested readings. In the boot time of the
// current run.
struct Recording {
  std::string channel;
  Instant from;
  Instant to;
};
struct KeptRecording {
  std::string boot;
  Recording what;
};

// An alert that is active, as its last durable step left it. Times are of `boot`.
struct ActiveAlert {
  std::string name;
  std::string rule;  // in words, as it was declared
  std::string boot;
  Instant raised;
  Instant stepped;
  Severity severity = Severity::kWarning;
  std::uint32_t count = 0;
  bool acknowledged = false;
  bool escalated = false;
  bool operator==(const ActiveAlert&) const = default;
};

// What the rules remember, for the next run; opaque here.
struct Checkpoint {
  std::string boot;
  Instant taken;
  Bytes bytes;
  bool operator==(const Checkpoint&) const = default;
};

// How far a channel of some run has been rolled up. As it is made: not at all.
struct RollupCursor {
  Instant upto = Instant::min();  // windows that end by then are stored
  std::uint32_t revision = 0;     // that they have at most
  bool aligned = false;           // to wall time
  bool operator==(const RollupCursor&) const = default;
};

// The next rollups of a channel of some run. They are stored, and the cursor moved, only if it is
// where it was when they were made: so none is missing, and none is there twice.
struct RolledUp {
  RunId run;
  ChannelId channel{};
  RollupCursor before;
  RollupCursor after;
  std::vector<SealedChunk> chunks = {};  // of stream kRollup; none where there was no reading
};

// What one transaction writes. REQUIRES: no frame together with drop_frames; then the raw chunks
// hold all readings of the run's frames, and may hold newer ones.
struct Commit {
  std::optional<Frame> frame;       // appended to the hot tail of the current run
  std::vector<SealedChunk> chunks;  // given their keys, in this order
  bool drop_frames = false;         // the run's whole hot tail is in `chunks` now
  bool ends_run = false;            // nothing follows
  // Known before the chunks are stored, and durable with them.
  std::vector<ChannelDeclared> channels = {};
  std::vector<ClockRecord> clocks = {};
  std::vector<Recording> recordings = {};
  bool forget_alerts = false;  // all that were active; then the following are all there are
  std::vector<ActiveAlert> active_alerts = {};   // new, or with another step
  std::vector<std::string> cleared_alerts = {};  // by name
  std::optional<Checkpoint> checkpoint = {};     // in place of the one before
  std::vector<RolledUp> rollups = {};
};

// First and last stamp.
struct Span {
  Instant first;
  Instant last;
};
// More stretches of readings with holes between are not told apart.
inline constexpr std::size_t kCoveredMax = 64;

// A span of stored raw readings on its way into the lane of requested ones, how far it has come,
// and what it has found. Made by the caller with the first two; the next start has to begin anew.
struct Promotion {
  std::string boot;
  Recording what;
  bool done = false;
  std::uint64_t chunks = 0;  // in that lane now, by this one or another
  std::uint64_t readings = 0;
  std::uint64_t promoted = 0;  // of the chunks, by this one
  Duration period{};  // from one reading of a named channel to the next, the longest there was
  std::vector<Span> covered = {};  // where readings of a named channel are, without larger holes
  // The run, channel and slot of time that are gone through next.
  std::int64_t run = 0;
  std::int64_t channel = 0;
  std::int64_t slot = std::numeric_limits<std::int64_t>::min();
};

// A command of the far side as it came. Without an answer it is not done yet.
struct Request {
  std::string id;
  Bytes command;
  Bytes answer = {};
};
// Answered ones that are remembered.
inline constexpr std::size_t kRequestsKept = 256;

// A boot in which a channel of some name was read, and the records of a trusted clock in it.
struct KnownBoot {
  std::string boot;
  std::vector<ClockRecord> clocks;
};

// Chunks of one run and stream that are dropped, or were.
struct Drop {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;  // every key from first_seq to here
  std::uint64_t readings = 0;
  Instant first;  // no stamp inside lies before, or behind the next
  Instant last;
  GapReason reason = GapReason::kQuota;
};

// What was durable and is gone: a failing disk, a flush that lied, a deleted log; or a collector
// that has lost what had been erased here. Keys of one run and stream, or, when first_seq is 0,
// readings that had none yet.
struct Missing {
  RunId run;
  Stream stream = Stream::kRaw;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;
  std::uint64_t readings = 0;  // 0 when it cannot be known
  Instant first;               // nothing of it was stamped before, or after the next
  Instant last;
  GapReason reason = GapReason::kMediaLoss;
};

// An earlier run of which everything is settled and nothing is kept.
struct SettledRun {
  struct Keys {
    Stream stream = Stream::kRaw;
    std::uint64_t last_seq = 0;  // from 1 on, all of them
    bool operator==(const Keys&) const = default;
  };
  RunId run;
  std::vector<Keys> streams;
  bool operator==(const SettledRun&) const = default;
};

// What became of the commit that failed, once the database is open again.
enum class Reopened : std::uint8_t {
  kWithout,  // it is not there; all before it is
  kWith,     // it is there: it had become durable after all
  kBehind,   // commits before it are gone too. The run's hot tail is empty, its frames have to be
             // written again; what else is gone is missing()
};

// Where a reader met damage: at the first pending chunks of `stream` behind the position `after`.
struct Suspect {
  Stream stream = Stream::kRaw;
  std::uint64_t after = 0;
};

struct AckOutcome {
  std::uint64_t settled_chunks = 0;    // rows this acknowledgement settled
  std::uint64_t settled_readings = 0;  // raw readings inside those
  std::uint64_t settled_missing = 0;   // rows of keys that were missing and declared
  std::uint64_t returned_chunks = 0;   // that an answer proved lost: pending again
  std::uint64_t missing_keys = 0;      // the same, and nobody has them any more
  std::uint64_t masked_keys = 0;       // the same, and a gap has settled them since
  bool unfinished = false;  // it says more: to be passed again, as it is, before any other
  bool refused = false;     // something in it was not believed; nothing of that was settled
  bool holds_less = false;  // than is settled here: it is late, or the collector has lost something
  bool unknown_run = false;
  bool confirms = false;  // that a closed run may be forgotten

  // The collector has lost something.
  bool has_loss() const { return returned_chunks + missing_keys + masked_keys > 0; }
};

// Chunks whose tombstones are kept, of all runs: a sixteenth of the quota. Those beyond have to be
// declared, and then are settled as if the collector had taken their gap record.
std::uint64_t tombstones_max(const Options& options);

// In one gap record; a chunk of events holds as many.
inline constexpr std::size_t kDropsDeclaredMax = 1'024;

// Readings of all runs this database remembers, for the balance of what was produced.
struct Totals {
  std::uint64_t stored = 0;          // ever committed, in frames or chunks
  std::uint64_t pending = 0;         // in frames or unacknowledged chunks
  std::uint64_t delivered = 0;       // acknowledged as held by the collector
  std::uint64_t dropped = 0;         // dropped; a gap record tells of it, or will
  std::uint64_t undeclared = 0;      // of those, what none tells of yet
  std::uint64_t pending_chunks = 0;  // of all streams
  std::uint64_t sealed_upto = 0;     // position of the last chunk that the run's hot tail became
  std::uint64_t undeclared_chunks = 0;
  std::uint64_t kept_chunks = 0;  // delivered, and kept in case that the collector loses them
  std::uint64_t kept_bytes = 0;
  std::uint64_t bytes = 0;     // database and WAL
  std::uint64_t room = 0;      // bytes until the quota makes something go that the collector lacks
  std::int64_t grown = 0;      // bytes that commits have taken since the store was opened; not
                               // what others gave back
  std::uint64_t promoted = 0;  // raw chunks, into the lane of requested ones, since then
};

class Store {
 public:
  // Opens or creates the database and makes `run` durable; what the runs before it had got and is
  // not there is missing(). A file that is damaged or not ours is set aside, and a fresh one made.
  // `disk` is the system's own when there is none. A disk that fails, is full or read-only keeps
  // nobody from starting: the store has failed() then, and reopen() makes the run durable. kRefused
  // when another process has the database open or a newer program wrote it, kUnavailable when it
  // may not be written or is no file, kInvalid when it knows `run` already or the file system holds
  // no write-ahead log.
  static Result<Store> open(const Options& options, const RunId& run, const std::string& boot,
                            Instant now, std::unique_ptr<Disk> disk = nullptr);
  Store(Store&&) noexcept;
  Store& operator=(Store&&) noexcept;
  ~Store();

  // A database was damaged and set aside, now or at an earlier start. salvage() takes over the next
  // piece of what it has, under the keys it had; it returns in some 10 ms unless the disk stalls.
  // It waits while there is no room: what is salvaged pushes out nothing that is newer. Until it is
  // over, runs before the current one may come to have a hot tail.
  bool salvaging() const;
  Result<> salvage();

  // Fails with kCorrupt when what is stored and the books of it contradict each other: then the
  // next reopen() begins a fresh database. REQUIRES: not salvaging().
  Result<> audit();

  // Looks again where a reader met damage. Chunks that are damaged indeed go to quarantine, and
  // their keys are missing(). What cannot be read time and again ends in a fresh database, with
  // what can be salvaged of this one. Returns the chunks that went.
  Result<std::uint64_t> examine(const Suspect& suspect);

  // Runs other than the current one that have a hot tail or did not end well. Empties itself as
  // recover() is called for each.
  Result<std::vector<EarlierRun>> earlier_runs();
  // Closes an earlier run: its hot tail, decoded and sealed by the caller, becomes chunks of that
  // run; `notes` (the restart gap) become chunks of the current run. One transaction. kNotFound
  // when no such earlier run is known. Readings of the hot tail that are not in `tail` count as
  // dropped: `notes` has to declare them.
  Result<> recover(const RunId& earlier, std::span<const SealedChunk> tail,
                   std::span<const SealedChunk> notes);

  // Durable when it returns. kFull or kTimeout: nothing was written, the caller keeps it all, and
  // after kFull make_room() makes as much. Any other failure leaves open whether it was, until
  // reopen() says so.
  Result<> commit(const Commit& commit);

  // Something has failed in a way after which the open file is not to be trusted, a failed flush
  // above all: the kernel forgets what it could not write and says so once. It has been closed;
  // everything fails with kUnavailable until reopen().
  bool failed() const;
  // Opens the database again and finds out what is durable. On failure it stays as it is.
  Result<Reopened> reopen();

  // The oldest that no gap record tells of yet, a bounded number. Empties itself as declare() is
  // called. Costs nothing while there are none.
  Result<std::vector<Missing>> missing();
  // `gap` declares all of `missing`; it is never dropped. kInvalid when one is not missing, or is
  // declared.
  Result<> declare(std::span<const Missing> missing, const SealedChunk& gap);

  // Settles exactly the keys that the collector has settled. Chunks that it holds are kept as long
  // as there is room. An acknowledgement of an unknown run, beyond what was ever given a key, or
  // with the wrong check is refused whole.
  Result<AckOutcome> acknowledge(const Ack& ack);
  // The same of an answer, interval by interval. What the collector turns out to have lost is
  // pending again if it is kept, else missing().
  Result<AckOutcome> acknowledge(const Answered& answered);

  // Earlier runs that may be closed, a bounded number. Costs nothing while nothing has changed.
  Result<std::vector<SettledRun>> settled_runs();
  // Forgets them. `record` closes all of them; it is never dropped. kInvalid, and nothing changes,
  // when one is not, or no longer, settled.
  Result<> close(std::span<const SettledRun> runs, const SealedChunk& record);

  // Drops a bounded piece of what has to go for the quota to hold and the disk to have its free
  // floor: what a rollup covers first, then least valuable first, oldest first; before any of it
  // the file that was salvaged, and what is kept. Keeps the grace area within its share. Nothing
  // while both hold, or when nothing is left that may be dropped. Keeps the reserve and gives free
  // pages back to a short disk, so it is to be called all the time.
  Result<std::vector<Drop>> make_room();
  // Drops these chunks. kInvalid, and nothing changes, when not all of them are pending, or one is
  // a gap record: those are never dropped.
  Result<> drop(const Drop& drop);
  // What was dropped and no gap record tells of yet, at most kDropsDeclaredMax.
  Result<std::vector<Drop>> undeclared();
  // Stores the gap record of exactly these. kInvalid, and nothing changes, when not all of it is
  // dropped and undeclared.
  Result<> declare(std::span<const Drop> drops, const SealedChunk& gaps);

  // Goes on with it, in a piece that a commit may well wait for.
  Result<> promote(Promotion& promotion);
  Result<std::vector<KeptRecording>> recordings();
  // Those of other boots, and of this one what ends before `before`.
  Result<> forget_recordings(Instant before);

  // By name. Of all runs, this one's included.
  Result<std::vector<ActiveAlert>> active_alerts();
  Result<std::optional<Checkpoint>> checkpoint();

  // Nothing when it never came, or was answered long ago.
  Result<std::optional<Request>> find_request(const std::string& id);
  Result<std::vector<Request>> open_requests();
  // Keeps it, or its answer.
  Result<> put_request(const Request& request);
  // Of the runs that are remembered, newest first.
  Result<std::vector<KnownBoot>> boots_of(const std::string& channel);
  // Kernel's boot id of that run; empty when it is not remembered.
  Result<std::string> boot_of(const RunId& run);

  Totals totals() const;  // kept in memory, exact after every call above
  Written written() const;

 private:
  struct Impl;
  explicit Store(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::storage
