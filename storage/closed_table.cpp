#include "storage/closed_table.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace sluice::storage {
namespace {

using LastKeys = std::array<std::uint64_t, kStreamCount>;

enum class Due : bool { kNo, kYes };

LastKeys last_keys_of(const SettledRun& run) {
  LastKeys last{};
  for (const SettledRun::Keys& keys : run.streams) {
    last.at(static_cast<std::size_t>(keys.stream)) = keys.last_seq;
  }
  return last;
}

void insert(Transaction& transaction, const SettledRun& run, Due due) {
  const LastKeys last = last_keys_of(run);
  transaction.run(
      "INSERT INTO closed (run, last_event, last_rollup, last_raw, last_rejected, due)"
      " VALUES (?, ?, ?, ?, ?, ?)",
      {std::as_bytes(std::span(run.run.bytes)), to_signed(last[0]), to_signed(last[1]),
       to_signed(last[2]), to_signed(last[3]), due == Due::kYes});
  transaction.run("DELETE FROM closed WHERE id <= (SELECT max(id) FROM closed) - ?",
                  {kClosedRunsMax});
}

std::vector<SettledRun> due_again(Transaction& transaction, std::size_t runs_max) {
  std::vector<SettledRun> runs;
  transaction.for_each(
      "SELECT run, last_event, last_rollup, last_raw, last_rejected FROM closed WHERE due = 1"
      " ORDER BY id LIMIT ?",
      {static_cast<std::int64_t>(runs_max)}, [&](const Row& row) {
        SettledRun run{run_id_of(row.blob(0)), {}};
        for (std::uint8_t stream = 0; stream < kStreamCount; ++stream) {
          const std::uint64_t last = to_unsigned(row.integer(1 + stream));
          if (last > 0) run.streams.push_back({static_cast<Stream>(stream), last});
        }
        runs.push_back(std::move(run));
        return true;
      });
  return runs;
}

// What has become of the record that closes a run.
enum class Closing : std::uint8_t { kNone, kOnItsWay, kHeld, kLost };

Closing closing_of(Transaction& transaction, const OverRun& over) {
  if (!over.closing_run) return Closing::kNone;
  Closing closing = Closing::kOnItsWay;
  transaction.for_each(
      "SELECT resolved FROM settled WHERE run = ?1 AND stream = 0 AND first <= ?2 AND last >= ?2",
      {*over.closing_run, to_signed(over.closing_seq)}, [&](const Row& row) {
        closing = row.integer(0) == 0 ? Closing::kHeld : Closing::kLost;
        return false;
      });
  const bool known = transaction.integer("SELECT EXISTS (SELECT 1 FROM run WHERE id = ?)",
                                         {*over.closing_run}) != 0;
  return known ? closing : Closing::kLost;
}

bool is_confirmed(Transaction& transaction, const OverRun& over) {
  return transaction.integer(
             "SELECT EXISTS (SELECT 1 FROM stream WHERE run = ? AND confirmed < last_seq)",
             {over.row}) == 0;
}

}  // namespace

std::vector<SettledRun> runs_to_close(Transaction& transaction, const KnownRun& current,
                                      std::size_t runs_max) {
  std::vector<SettledRun> runs = due_again(transaction, runs_max);
  for (OverRun& over : over_runs(transaction, current)) {
    if (runs.size() == runs_max) break;
    if (!over.closing_run && !over.keys.streams.empty()) runs.push_back(std::move(over.keys));
  }
  return runs;
}

void note_closing(Transaction& transaction, const KnownRun& current, std::uint64_t seq,
                  std::span<const SettledRun> runs) {
  const std::vector<OverRun> over = over_runs(transaction, current);
  for (const SettledRun& run : runs) {
    const auto found = std::find_if(over.begin(), over.end(), [&run](const OverRun& one) {
      return one.keys == run && !one.closing_run;
    });
    if (found != over.end()) {
      transaction.run("UPDATE run SET closing_run = ?, closing_seq = ? WHERE id = ?",
                      {current.row, to_signed(seq), found->row});
      transaction.run("UPDATE stream SET confirmed = 0 WHERE run = ?", {found->row});
      continue;
    }
    const LastKeys last = last_keys_of(run);
    const std::int64_t again = transaction.integer(
        "UPDATE closed SET due = 0 WHERE due = 1 AND run = ? AND last_event = ?"
        " AND last_rollup = ? AND last_raw = ? AND last_rejected = ? RETURNING 1",
        {std::as_bytes(std::span(run.run.bytes)), to_signed(last[0]), to_signed(last[1]),
         to_signed(last[2]), to_signed(last[3])});
    if (again != 0) continue;
    transaction.fail({ErrorCode::kInvalid, "run " + to_hex(run.run) + " is not over"});
    return;
  }
}

void forget_runs(Transaction& transaction, const KnownRun& current) {
  // What the collector has lost of a run has to be settled before it is closed anew.
  transaction.run(
      "UPDATE run SET closing_run = NULL, closing_seq = NULL"
      " WHERE closing_run IS NOT NULL AND id NOT IN (" +
          std::string(kOverRuns) + ")",
      {current.row});
  const std::vector<OverRun> over = over_runs(transaction, current);
  std::size_t waiting = static_cast<std::size_t>(
      std::count_if(over.begin(), over.end(), [](const OverRun& run) { return !run.closing_run; }));
  for (const OverRun& run : over) {
    const Closing closing = closing_of(transaction, run);
    if (run.keys.streams.empty()) {
      forget_run(transaction, run.row);
    } else if (closing == Closing::kHeld && is_confirmed(transaction, run)) {
      insert(transaction, run.keys, Due::kNo);
      forget_run(transaction, run.row);
    } else if (closing == Closing::kLost) {
      transaction.run("UPDATE run SET closing_run = NULL, closing_seq = NULL WHERE id = ?",
                      {run.row});
    } else if (closing == Closing::kNone && waiting > kOverRunsMax) {
      insert(transaction, run.keys, Due::kYes);
      forget_run(transaction, run.row);
      --waiting;
    }
  }
}

void close_all_again(Transaction& transaction) {
  transaction.run("UPDATE closed SET due = 1 WHERE due = 0");
  transaction.run("UPDATE stream SET confirmed = 0 WHERE confirmed > 0");
}

void put_closed(Transaction& transaction, const SettledRun& run) {
  const bool known = transaction.integer("SELECT EXISTS (SELECT 1 FROM closed WHERE run = ?)",
                                         {std::as_bytes(std::span(run.run.bytes))}) != 0;
  if (!known) insert(transaction, run, Due::kYes);
}

}  // namespace sluice::storage
