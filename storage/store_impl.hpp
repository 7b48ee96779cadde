#pragma once
// What a Store is made of, for storage/store*.cpp alone: the lock, the connection, and what is
// known of the database in memory, which changes only once a transaction is durable.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "core/time.hpp"
#include "storage/continuity.hpp"
#include "storage/database.hpp"
#include "storage/lock_file.hpp"
#include "storage/quota.hpp"
#include "storage/run_table.hpp"
#include "storage/salvage.hpp"
#include "storage/space.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"
#include "storage/thinning.hpp"
#include "storage/watermark.hpp"

namespace sluice::storage {

// Free pages go back to the file system in pieces of 64: each page that moves is written twice.
inline constexpr const char* kGiveBack = "PRAGMA incremental_vacuum(64)";

// What a drop, an erasure, a settlement, a give-back or a note writes: rows that go, and the pages
// that change with them.
inline constexpr std::uint64_t kSmallLogBytes = log_bytes_of(kDropChunksMax, 0);

// Readings in the hot tails: of the current run, and of earlier ones until they are recovered.
struct HotReadings {
  std::uint64_t current = 0;
  std::uint64_t earlier = 0;
};

// A drop frees this much at least beyond what is asked for, so that at the brim not every commit is
// followed by one.
inline constexpr std::uint64_t kFreedBytesMin = 64 * 1024;

// What the database has, and what has to go of it.
struct Need {
  Usage usage;
  std::uint64_t excess = 0;
  bool shrinks = false;  // free pages should go back to the disk
};

// A place that cannot be read as often as this will not be any more.
inline constexpr std::uint64_t kUnreadableMax = 3;

struct Store::Impl {
  LockFile lock;  // first in, last out
  Options options;
  std::string boot;
  Instant started;
  WatermarkFile watermark;
  Space space;
  Connection connection{};
  KnownRun run{};
  NamingChunks names{};
  Totals totals{};
  std::uint64_t promoted = 0;
  std::uint64_t used = 0;  // bytes of the database that hold something
  Written written{};
  HotReadings hot{};
  Thinning thinning{};
  std::uint64_t writing = 0;     // bytes that the log has room for, for the next transaction
  Watermark mark{};              // exact, but for the position: of when it was last written
  std::uint64_t marked = 0;      // commit of the one that is in the file
  std::uint64_t undeclared = 0;  // rows that are missing
  bool committing = false;       // a commit has failed that may be durable all the same
  bool failed = false;
  bool begun = false;            // the run is durable
  bool audited = false;          // the database that is open
  bool distrusted = false;       // the file itself, not only what is open of it
  std::uint64_t reopenings = 0;  // that succeeded, since the last commit that did
  std::uint64_t unreadable = 0;  // times in a row, at the start or where there was a suspect
  std::optional<Salvage> salvage{};
  bool may_close = true;         // a run may have come to be settled
  bool old_runs = true;          // there may be more runs than may have something kept
  bool grace_overflows = false;  // and is being emptied by a part
  bool grace_is_stuck = false;   // what is over its share are gap records that have to stay

  Result<> connect();
  Result<> reconnect();
  // Puts the database beside its place; the next connect() makes a fresh one.
  Result<> set_aside();
  void look_for_salvage();
  Result<> end_salvage();
  // The database may have what the files beside it leave. Best effort: it is asked for again when
  // the database is opened.
  void share_with_set_aside();
  Rest rest() const { return salvage ? Rest::kToBeSalvaged : Rest::kGone; }
  // Makes the run durable, and notes what those before it had got and is not there.
  enum class Attempt : std::uint8_t { kFirst, kSecond };
  Result<> begin_run(Attempt attempt);
  // Opens the database and begins the run. What stands in the way may pass: then this has failed,
  // and the next reopen() tries again.
  Result<> begin();
  Error give_up(const Error& error);
  Result<Reopened> resume_run();
  // Commits, and only then takes over what has changed in memory.
  Result<> conclude(Transaction& transaction, const HotReadings& hot_now, Watermark next);
  Result<> conclude(Transaction& transaction) { return conclude(transaction, hot, mark); }
  // To be called before each transaction that writes: `bytes` is what it adds to the log at most.
  Result<> make_log_room(std::uint64_t bytes);
  // What was given back leaves the file with a checkpoint; a short disk cannot wait for the next.
  Result<std::vector<Drop>> cut_file(const Usage& usage);
  Result<> drop(Transaction& transaction, std::span<const Drop> drops);
  // Commits what an acknowledgement has changed.
  Result<AckOutcome> settle(Transaction& transaction, const AckOutcome& outcome);
  // How much has to go of what is kept for its share to hold.
  std::uint64_t bytes_over_grace();
  Result<Need> look_for_room();
  // A piece of what is kept goes when something is too large by `excess`, or it has more than its
  // share. Chunks that went.
  Result<std::uint64_t> erase_kept(std::uint64_t excess);
  Result<> end_reading(Transaction& transaction);
  // As long as it is not durable nothing is counted; returns how many went into the lane of
  // requested readings.
  std::uint64_t add_chunks(Transaction& transaction, const KnownRun& of,
                           std::span<const SealedChunk> chunks);
  // Those that fit the cursors.
  std::vector<const RolledUp*> add_rollups(Transaction& transaction,
                                           std::span<const RolledUp> parts);
  void count(std::span<const SealedChunk> chunks);
  void take_note(const Error& error);
  void write_mark();
  void give_back_pages(Transaction& transaction);
  // Not while there is a database to salvage, which may have more of a run, nor before the audit: a
  // damaged index may say of a run with chunks that it has none.
  void forget(Transaction& transaction);
};

}  // namespace sluice::storage
