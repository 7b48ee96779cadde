#include "storage/continuity.hpp"

#include <algorithm>
#include <cstddef>
#include <vector>

#include "storage/chunk_table.hpp"
#include "storage/missing_table.hpp"

namespace sluice::storage {
namespace {

// A watermark is written now and then only: a database begun anew gives positions that are beyond
// all that can have been given since.
constexpr std::uint64_t kPositionsBetweenMarks = 1ULL << 32;

constexpr std::int64_t to_row(Stream stream) {
  return static_cast<std::int64_t>(stream);
}

std::uint64_t last_seq_of(Transaction& transaction, const KnownRun& run, Stream stream) {
  return to_unsigned(transaction.integer("SELECT last_seq FROM stream WHERE run = ? AND stream = ?",
                                         {run.row, to_row(stream)}));
}

std::uint64_t readings_of(Transaction& transaction, const KnownRun& run) {
  return to_unsigned(
             transaction.integer("SELECT sum(stored) FROM stream WHERE run = ?", {run.row})) +
         readings_in_frames(transaction, run);
}

// The keys behind the last one that is known here, up to the watermark's. Given as far as this.
std::vector<Missing> raise_keys(Transaction& transaction, const KnownRun& run,
                                const Watermark& mark) {
  std::vector<Missing> missing;
  for (std::uint8_t number = 0; number < kStreamCount; ++number) {
    const auto stream = static_cast<Stream>(number);
    const std::uint64_t known = last_seq_of(transaction, run, stream);
    if (known >= mark.last_seq[number]) continue;
    transaction.run(
        "INSERT INTO stream (run, stream, last_seq) VALUES (?1, ?2, ?3)"
        " ON CONFLICT (run, stream) DO UPDATE SET last_seq = ?3",
        {run.row, to_row(stream), to_signed(mark.last_seq[number])});
    missing.push_back({run.run, stream, known + 1, mark.last_seq[number], 0, {}, {}});
  }
  return missing;
}

Instant last_durable_of(Transaction& transaction, const KnownRun& run) {
  return instant_from_ns(
      transaction.integer("SELECT last_durable_ns FROM run WHERE id = ?", {run.row}));
}

}  // namespace

Watermark mark_of(Transaction& transaction, const KnownRun& run) {
  Watermark mark;
  mark.run = run.run;
  mark.commit = last_commit_of(transaction, run);
  transaction.for_each(
      "SELECT sealed_commit, max(last_durable_ns, (SELECT coalesce(max(last_ns), 0) FROM frame"
      " WHERE frame.run = run.id)) FROM run WHERE id = ?",
      {run.row}, [&](const Row& row) {
        mark.sealed_commit = to_unsigned(row.integer(0));
        mark.last_durable = instant_from_ns(row.integer(1));
        return true;
      });
  note_keys(transaction, run, mark);
  mark.readings += readings_in_frames(transaction, run);
  return mark;
}

void note_keys(Transaction& transaction, const KnownRun& run, Watermark& mark) {
  mark.readings = 0;
  transaction.for_each("SELECT stream, last_seq, stored FROM stream WHERE run = ?", {run.row},
                       [&](const Row& row) {
                         const auto stream = static_cast<std::size_t>(row.integer(0));
                         mark.last_seq.at(stream) = to_unsigned(row.integer(1));
                         mark.readings += to_unsigned(row.integer(2));
                         return true;
                       });
}

std::optional<KnownRun> run_of(Transaction& transaction, const Watermark& mark,
                               std::uint64_t position) {
  std::optional<KnownRun> run = find_run(transaction, mark.run);
  // The hot tail of a run that is forgotten has become chunks since, with positions behind this.
  const bool had_tail = mark.sealed_commit < mark.commit;
  if (run || position > mark.position || (position == mark.position && !had_tail)) return run;
  give_positions_behind(transaction, mark.position);
  return add_run(transaction, mark.run, "", Instant{});
}

void give_positions_behind(Transaction& transaction, std::uint64_t position) {
  const std::uint64_t behind =
      std::max(position + kPositionsBetweenMarks, last_position(transaction));
  transaction.run("DELETE FROM sqlite_sequence WHERE name = 'chunk'");
  transaction.run("INSERT INTO sqlite_sequence (name, seq) VALUES ('chunk', ?)",
                  {to_signed(behind)});
}

bool catch_up(Transaction& transaction, const KnownRun& run, const Watermark& mark, Rest rest) {
  if (last_commit_of(transaction, run) >= mark.commit) return false;
  // The frames' own last stamp is not asked: what they hold may be left over.
  const Instant since = last_durable_of(transaction, run);
  remove_frames(transaction, run, mark.sealed_commit);
  const std::uint64_t readings = readings_of(transaction, run);
  std::vector<Missing> missing = raise_keys(transaction, run, mark);
  note_commit(transaction, run, mark.commit, mark.sealed_commit);
  note_durable(transaction, run, mark.last_durable);
  if (rest == Rest::kToBeSalvaged) return true;
  if (mark.readings > readings) {
    const bool has_keys = !missing.empty() && missing.back().stream == Stream::kRaw;
    if (!has_keys) missing.push_back({run.run, Stream::kRaw, 0, 0, 0, {}, {}});
    missing.back().readings = mark.readings - readings;
  }
  for (Missing& lost : missing) {
    lost.first = std::min(since, mark.last_durable);
    lost.last = mark.last_durable;
    note_missing(transaction, run, lost);
  }
  return true;
}

}  // namespace sluice::storage
