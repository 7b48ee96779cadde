#include "storage/run_table.hpp"

#include <algorithm>
#include <cstring>
#include <utility>

namespace sluice::storage {
namespace {

constexpr std::int64_t kGoodbyeState = 1;
constexpr std::int64_t kRecoveredState = 2;

std::span<const std::byte> bytes_of(const RunId& run) {
  return std::as_bytes(std::span(run.bytes));
}

EarlierRun earlier_run(const Row& row) {
  EarlierRun earlier;
  earlier.run = run_id_of(row.blob(1));
  earlier.boot = row.text(2);
  earlier.ended = row.integer(3) == kGoodbyeState;
  earlier.last_durable = instant_from_ns(row.integer(4));
  return earlier;
}

}  // namespace

RunId run_id_of(std::span<const std::byte> column) {
  RunId run;
  if (column.size() == run.bytes.size()) {
    std::memcpy(run.bytes.data(), column.data(), run.bytes.size());
  }
  return run;
}

std::optional<KnownRun> find_run(Transaction& transaction, const RunId& run) {
  const std::int64_t row = transaction.integer("SELECT id FROM run WHERE run = ?", {bytes_of(run)});
  if (row == 0) return std::nullopt;
  return KnownRun{row, run};
}

std::vector<KnownRun> all_runs(Transaction& transaction) {
  std::vector<KnownRun> runs;
  transaction.for_each("SELECT id, run FROM run ORDER BY id", {}, [&](const Row& row) {
    runs.push_back({row.integer(0), run_id_of(row.blob(1))});
    return true;
  });
  return runs;
}

KnownRun add_run(Transaction& transaction, const RunId& run, const std::string& boot, Instant now) {
  if (find_run(transaction, run)) {
    transaction.fail({ErrorCode::kInvalid, "run " + to_hex(run) + " is known already"});
  }
  const std::int64_t row = transaction.integer(
      "INSERT INTO run (run, boot, last_durable_ns) VALUES (?, ?, ?) RETURNING id",
      {bytes_of(run), boot, to_ns(now)});
  return KnownRun{row, run};
}

void complete_run(Transaction& transaction, const KnownRun& run, const RunRow& known) {
  transaction.run(
      "UPDATE run SET boot = iif(boot = '', ?1, boot), state = iif(boot = '', ?2, state),"
      " last_durable_ns = max(last_durable_ns, ?3), last_commit = max(last_commit, ?4),"
      " sealed_commit = max(sealed_commit, ?5) WHERE id = ?6",
      {known.boot, known.state, to_ns(known.last_durable), to_signed(known.last_commit),
       to_signed(known.sealed_commit), run.row});
}

void end_run(Transaction& transaction, const KnownRun& run, RunEnd end) {
  // A run that said goodbye stays one, whatever is recovered of it.
  transaction.run("UPDATE run SET state = ? WHERE id = ? AND state = 0",
                  {end == RunEnd::kGoodbye ? kGoodbyeState : kRecoveredState, run.row});
}

std::uint64_t last_commit_of(Transaction& transaction, const KnownRun& run) {
  return to_unsigned(transaction.integer(
      "SELECT max(last_commit, (SELECT coalesce(max(commit_number), 0) FROM frame"
      " WHERE frame.run = run.id)) FROM run WHERE id = ?",
      {run.row}));
}

void note_commit(Transaction& transaction, const KnownRun& run, std::uint64_t number,
                 std::uint64_t sealed) {
  transaction.run("UPDATE run SET last_commit = ?, sealed_commit = ? WHERE id = ?",
                  {to_signed(number), to_signed(sealed), run.row});
}

std::uint64_t sealed_commit_of(Transaction& transaction, const KnownRun& run) {
  return to_unsigned(transaction.integer("SELECT sealed_commit FROM run WHERE id = ?", {run.row}));
}

bool has_frame(Transaction& transaction, const KnownRun& run, std::uint64_t commit) {
  return transaction.integer("SELECT 1 FROM frame WHERE run = ? AND commit_number = ?",
                             {run.row, to_signed(commit)}) != 0;
}

void note_durable(Transaction& transaction, const KnownRun& run, Instant stamp) {
  transaction.run("UPDATE run SET last_durable_ns = max(last_durable_ns, ?) WHERE id = ?",
                  {to_ns(stamp), run.row});
}

void add_frame(Transaction& transaction, const KnownRun& run, const Frame& frame,
               std::uint64_t commit) {
  transaction.run(
      "INSERT INTO frame (run, count, last_ns, bytes, commit_number) VALUES (?, ?, ?, ?, ?)",
      {run.row, frame.count, to_ns(frame.last), frame.bytes, to_signed(commit)});
}

std::uint64_t readings_in_frames(Transaction& transaction, const KnownRun& run) {
  return to_unsigned(transaction.integer("SELECT sum(count) FROM frame WHERE run = ?", {run.row}));
}

std::uint64_t readings_in_frames(Transaction& transaction) {
  return to_unsigned(transaction.integer("SELECT sum(count) FROM frame"));
}

void remove_frames(Transaction& transaction, const KnownRun& run) {
  transaction.run("DELETE FROM frame WHERE run = ?", {run.row});
}

void remove_frames(Transaction& transaction, const KnownRun& run, std::uint64_t commit) {
  transaction.run("DELETE FROM frame WHERE run = ? AND commit_number <= ?",
                  {run.row, to_signed(commit)});
}

std::vector<EarlierRun> unfinished_runs(Transaction& transaction, const KnownRun& current) {
  std::vector<std::pair<std::int64_t, EarlierRun>> runs;
  transaction.for_each(
      "SELECT id, run, boot, state, last_durable_ns FROM run"
      " WHERE id <> ? AND (state = 0 OR id IN (SELECT run FROM frame)) ORDER BY id",
      {current.row}, [&](const Row& row) {
        runs.emplace_back(row.integer(0), earlier_run(row));
        return true;
      });
  std::vector<EarlierRun> unfinished;
  for (auto& [id, earlier] : runs) {
    transaction.for_each("SELECT last_ns, bytes FROM frame WHERE run = ? ORDER BY id", {id},
                         [&, &run = earlier](const Row& row) {
                           run.last_durable =
                               std::max(run.last_durable, instant_from_ns(row.integer(0)));
                           const std::span<const std::byte> bytes = row.blob(1);
                           run.frames.emplace_back(bytes.begin(), bytes.end());
                           return true;
                         });
    unfinished.push_back(std::move(earlier));
  }
  return unfinished;
}

std::vector<OverRun> over_runs(Transaction& transaction, const KnownRun& current) {
  std::vector<OverRun> runs;
  transaction.for_each(
      "SELECT id, run, closing_run, closing_seq FROM run WHERE id IN (" + std::string(kOverRuns) +
          ") ORDER BY id",
      {current.row}, [&](const Row& row) {
        OverRun over{row.integer(0), {run_id_of(row.blob(1)), {}}, std::nullopt, 0};
        if (!row.is_null(2)) over.closing_run = row.integer(2);
        over.closing_seq = to_unsigned(row.integer(3));
        runs.push_back(std::move(over));
        return true;
      });
  for (OverRun& over : runs) {
    transaction.for_each(
        "SELECT stream, last_seq FROM stream WHERE run = ? AND last_seq > 0 ORDER BY stream",
        {over.row}, [&](const Row& row) {
          over.keys.streams.push_back(
              {static_cast<Stream>(row.integer(0)), to_unsigned(row.integer(1))});
          return true;
        });
  }
  return runs;
}

void forget_run(Transaction& transaction, std::int64_t row) {
  transaction.run(
      "UPDATE past SET (delivered, dropped) = (SELECT past.delivered + "
      "coalesce(sum(s.delivered), 0),"
      " past.dropped + coalesce(sum(s.dropped), 0) FROM stream AS s WHERE s.run = ?)",
      {row});
  transaction.run("DELETE FROM run WHERE id = ?", {row});
}

}  // namespace sluice::storage
