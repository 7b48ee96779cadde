#pragma once
// The runs a database remembers.

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/chunk.hpp"
#include "core/time.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

struct KnownRun {
  std::int64_t row = 0;
  RunId run;
};

// A column that holds a run id. The table takes 16 bytes only; another size is a damaged page and
// gives zeros, which no checksum fits.
RunId run_id_of(std::span<const std::byte> column);

// Nothing when the database does not know it, or the transaction has failed.
std::optional<KnownRun> find_run(Transaction& transaction, const RunId& run);
std::vector<KnownRun> all_runs(Transaction& transaction);
// kInvalid when the run is known already: a run is one start of the process.
KnownRun add_run(Transaction& transaction, const RunId& run, const std::string& boot, Instant now);

// A row of the table, of another database.
struct RunRow {
  std::int64_t row = 0;
  RunId id;
  std::string boot;
  std::int64_t state = 0;
  Instant last_durable;
  std::uint64_t last_commit = 0;
  std::uint64_t sealed_commit = 0;
};
// Fills in what a run that was added without a boot id should say, and raises what only grows.
void complete_run(Transaction& transaction, const KnownRun& run, const RunRow& known);

// Stores the end of a run's life: it said goodbye, or it did not and has been recovered.
enum class RunEnd { kGoodbye, kRecovered };
void end_run(Transaction& transaction, const KnownRun& run, RunEnd end);

// Commits of a run are numbered from 1: the newest that is there, by its frame or by note_commit().
std::uint64_t last_commit_of(Transaction& transaction, const KnownRun& run);
// Up to `sealed` the hot tail is in chunks.
void note_commit(Transaction& transaction, const KnownRun& run, std::uint64_t number,
                 std::uint64_t sealed);

std::uint64_t sealed_commit_of(Transaction& transaction, const KnownRun& run);
bool has_frame(Transaction& transaction, const KnownRun& run, std::uint64_t commit);
// The latest stamp of a reading is this or a later one.
void note_durable(Transaction& transaction, const KnownRun& run, Instant stamp);

// Appends to the hot tail of `run`.
void add_frame(Transaction& transaction, const KnownRun& run, const Frame& frame,
               std::uint64_t commit);
// Readings in the hot tail of `run`, and of all runs.
std::uint64_t readings_in_frames(Transaction& transaction, const KnownRun& run);
std::uint64_t readings_in_frames(Transaction& transaction);
void remove_frames(Transaction& transaction, const KnownRun& run);
// Those of commits up to `commit` only.
void remove_frames(Transaction& transaction, const KnownRun& run, std::uint64_t commit);

// Runs other than `current` that have a hot tail or neither ended well nor were recovered.
std::vector<EarlierRun> unfinished_runs(Transaction& transaction, const KnownRun& current);

// A run that is over: it has ended, everything of it is settled and nothing is kept.
struct OverRun {
  std::int64_t row = 0;
  SettledRun keys;
  // The record that closes it: a run by its row, and the key in its stream of events.
  std::optional<std::int64_t> closing_run;
  std::uint64_t closing_seq = 0;
};
// The rows of those other than ?1. What is declared missing by keys waits for the collector to say
// what became of them.
inline constexpr std::string_view kOverRuns =
    "SELECT id FROM run WHERE state <> 0 AND id <> ?1"
    " AND NOT EXISTS (SELECT 1 FROM chunk WHERE chunk.run = run.id)"
    " AND NOT EXISTS (SELECT 1 FROM frame WHERE frame.run = run.id)"
    " AND NOT EXISTS (SELECT 1 FROM tombstone WHERE tombstone.run = run.id)"
    " AND NOT EXISTS (SELECT 1 FROM missing WHERE missing.run = run.id"
    " AND (declared = 0 OR (first >= 1 AND record IS NOT NULL)))";
// The oldest first.
std::vector<OverRun> over_runs(Transaction& transaction, const KnownRun& current);
// But for its share of the totals.
void forget_run(Transaction& transaction, std::int64_t row);

}  // namespace sluice::storage
