#include "storage/store_impl.hpp"

#include <algorithm>
#include <utility>

#include "storage/chunk_table.hpp"
#include "storage/closed_table.hpp"
#include "storage/continuity.hpp"
#include "storage/database.hpp"
#include "storage/missing_table.hpp"
#include "storage/quota.hpp"
#include "storage/recording_table.hpp"
#include "storage/rollup_table.hpp"
#include "storage/run_names.hpp"
#include "storage/set_aside.hpp"
#include "storage/settlement.hpp"

namespace sluice::storage {
namespace {

// Free pages are used again before the file grows. What is beyond, after an outage, goes back to
// the file system piece by piece.
constexpr std::int64_t kFreePagesKept = 1024;

// A database that fails at its first commit each time it is opened anew has a spot that cannot be
// written any more, or read: some minutes later another file is tried.
constexpr std::uint64_t kReopeningsMax = 30;

// In the log a page has a header.
constexpr std::uint64_t kLogPageBytes = kPageBytes + 24;

}  // namespace

Result<> Store::Impl::connect() {
  const auto open = [&] {
    space.note_set_aside(bytes_set_aside(options.path));
    const Shares& shares = space.shares();
    return open_for_writing(options.path, shares.database, checkpoint_bytes(shares));
  };
  // A log without its database is not thrown away.
  if (distrusted || is_log_alone(options.path)) {
    if (Result<> moved = set_aside(); !moved.ok()) return moved;
  }
  Result<Connection> opened = open();
  if (!opened.ok() && opened.error().code == ErrorCode::kCorrupt) {
    if (Result<> moved = set_aside(); !moved.ok()) return moved;
    opened = open();
  }
  if (!opened.ok()) return opened.error();
  connection = std::move(*opened);
  audited = false;
  look_for_salvage();
  return Ok{};
}

Result<> Store::Impl::reconnect() {
  connection.abandon();
  distrusted = distrusted || reopenings > kReopeningsMax;
  if (!distrusted) {
    if (Result<> rewritten = rewrite_log(options.path); !rewritten.ok()) return rewritten;
  }
  Result<> connected = connect();
  failed = !connected.ok();
  if (!failed || connected.error().code == ErrorCode::kUnreadable) ++reopenings;
  return connected;
}

Result<> Store::Impl::begin() {
  Result<> done = connect();
  while (!done.ok() && done.error().code == ErrorCode::kUnreadable && unreadable < kUnreadableMax) {
    distrusted = ++unreadable == kUnreadableMax;
    done = connect();
  }
  const bool connected = done.ok();
  if (connected) {
    unreadable = 0;
    done = begin_run(Attempt::kFirst);
  }
  // A disk that is full has the room of the reserve the second time.
  const auto may_try = [&] { return failed || done.error().code == ErrorCode::kFull; };
  for (int again = 0; !done.ok() && connected && may_try() && again < 2; ++again) {
    distrusted = distrusted || (again > 0 && done.error().code == ErrorCode::kUnreadable);
    done = failed ? reconnect() : Result<>(Ok{});
    if (done.ok()) done = begin_run(Attempt::kSecond);
  }
  return done.ok() ? done : give_up(done.error());
}

// A full disk says nothing against the file.
Error Store::Impl::give_up(const Error& error) {
  failed = true;
  if (error.code != ErrorCode::kFull) connection.abandon();
  return error;
}

Result<> Store::Impl::begin_run(Attempt attempt) {
  const RunId id = mark.run;
  // A card that loses power can spoil what is beside the page it writes. What earlier runs left in
  // the log must not depend on that: of one that was cut off before its first mark nobody would
  // know any more, and the file has room for the marks of two.
  if (log_bytes(connection) > 0) {
    const Result<> emptied = empty_log(connection);
    if (!emptied.ok()) take_note(emptied.error());
    if (!connection.is_open()) return emptied;
  }
  Transaction transaction(connection);
  const std::uint64_t position = last_position(transaction);
  for (const Watermark& earlier : watermark.read()) {
    const std::optional<KnownRun> known = run_of(transaction, earlier, position);
    if (known) catch_up(transaction, *known, earlier, rest());
  }
  // The first attempt has failed, and may have become durable all the same.
  const std::optional<KnownRun> own =
      attempt == Attempt::kSecond ? find_run(transaction, id) : std::optional<KnownRun>();
  run = own ? *own : add_run(transaction, id, boot, started);
  forget_names(transaction, run);
  undeclared = count_undeclared(transaction);
  Watermark next;
  next.run = id;
  next.last_durable = started;
  next.position = last_position(transaction);
  Result<> done = conclude(transaction, {0, readings_in_frames(transaction)}, next);
  begun = done.ok();
  return done;
}

Result<Reopened> Store::Impl::resume_run() {
  Transaction transaction(connection);
  if (const std::optional<KnownRun> known = find_run(transaction, mark.run)) {
    run = *known;
  } else {
    give_positions_behind(transaction, mark.position);
    run = add_run(transaction, mark.run, boot, started);
  }
  // The hot tail is in memory still: of it no frame is needed, and no reading is missing.
  Watermark without_tail = mark;
  without_tail.sealed_commit = mark.commit;
  without_tail.readings -= hot.current;
  Reopened outcome = Reopened::kWithout;
  if (catch_up(transaction, run, without_tail, rest())) {
    outcome = Reopened::kBehind;
  } else if (committing && last_commit_of(transaction, run) == mark.commit + 1) {
    outcome = Reopened::kWith;
  }
  undeclared = count_undeclared(transaction);
  const std::uint64_t current = readings_in_frames(transaction, run);
  const HotReadings hot_now{current, readings_in_frames(transaction) - current};
  Watermark next = mark_of(transaction, run);
  next.position = mark.position;
  if (Result<> done = conclude(transaction, hot_now, next); !done.ok()) return done.error();
  return outcome;
}

Result<> Store::Impl::conclude(Transaction& transaction, const HotReadings& hot_now,
                               Watermark next) {
  Totals sums = totals_of_chunks(transaction);
  sums.stored += hot_now.current + hot_now.earlier;
  sums.pending += hot_now.current + hot_now.earlier;
  note_keys(transaction, run, next);
  next.readings += hot_now.current;
  Result<> committed = transaction.commit();
  written.log += connection.take_pages_written() * kLogPageBytes;
  if (!committed.ok()) {
    take_note(committed.error());
    return committed;
  }
  const Result<Usage> usage = usage_of(connection);
  sums.bytes = usage.ok() ? usage->used + usage->log : totals.bytes;
  used = usage.ok() ? usage->used : used;
  sums.room = space.room_beside(used) + sums.kept_bytes;
  sums.grown = totals.grown;
  sums.sealed_upto = totals.sealed_upto;
  sums.promoted = promoted;
  totals = sums;
  hot = hot_now;
  mark = next;
  return Ok{};
}

Result<> Store::Impl::make_log_room(std::uint64_t bytes) {
  const std::uint64_t room = space.shares().log;
  if (bytes > room) {
    return Error{ErrorCode::kFull, "one commit would write " + std::to_string(bytes) +
                                       " bytes, and "
                                       "the quota leaves room for " +
                                       std::to_string(room)};
  }
  writing = bytes;
  if (log_bytes(connection) + bytes <= room) return Ok{};
  Result<> emptied = empty_log(connection);
  if (!emptied.ok()) take_note(emptied.error());
  return emptied;
}

Result<std::vector<Drop>> Store::Impl::cut_file(const Usage& usage) {
  if (space.is_disk_short() && usage.file > usage.pages) {
    const Result<> emptied = empty_log(connection);
    // A reader in the log is gone soon: the next time.
    if (!emptied.ok() && emptied.error().code != ErrorCode::kTimeout) {
      take_note(emptied.error());
      return emptied.error();
    }
  }
  return std::vector<Drop>();
}

Result<> Store::Impl::drop(Transaction& transaction, std::span<const Drop> drops) {
  for (const Drop& drop : drops) {
    if (const auto of = known_run_of(transaction, drop)) apply_drop(transaction, *of, drop);
  }
  forget_tombstones(transaction, tombstones_max(options));
  return conclude(transaction);
}

std::uint64_t Store::Impl::add_chunks(Transaction& transaction, const KnownRun& of,
                                      std::span<const SealedChunk> chunks) {
  const bool any_raw = std::ranges::any_of(
      chunks, [](const SealedChunk& chunk) { return chunk.stream == Stream::kRaw; });
  std::optional<RecordedSpans> recorded;
  if (any_raw) recorded.emplace(transaction, of);
  std::uint64_t asked_for = 0;
  for (const SealedChunk& chunk : chunks) {
    const bool asked = recorded && recorded->concern(chunk);
    const std::uint64_t seq =
        add_chunk(transaction, of, chunk, Pin::kNo, asked ? Asked::kYes : Asked::kNo).seq;
    if (chunk.names && of.row == run.row) names.add(seq);
    asked_for += asked ? 1 : 0;
  }
  return asked_for;
}

std::vector<const RolledUp*> Store::Impl::add_rollups(Transaction& transaction,
                                                      std::span<const RolledUp> parts) {
  std::vector<const RolledUp*> added;
  for (const RolledUp& part : parts) {
    const std::optional<KnownRun> of = move_cursor(transaction, part);
    if (!of) continue;
    add_chunks(transaction, *of, part.chunks);
    added.push_back(&part);
  }
  return added;
}

Result<Need> Store::Impl::look_for_room() {
  const Result<Usage> usage = usage_of(connection);
  if (!usage.ok()) {
    take_note(usage.error());
    return usage.error();
  }
  Need need{*usage, space.excess(usage->used, usage->file), false};
  const bool too_large = space.is_disk_short() || usage->pages > space.shares().database;
  need.shrinks = too_large && usage->pages > usage->used;
  return need;
}

void Store::Impl::count(std::span<const SealedChunk> chunks) {
  for (const SealedChunk& chunk : chunks) written.add_chunk(chunk.stream, chunk.bytes.size());
}

Result<> Store::Impl::end_reading(Transaction& transaction) {
  Result<> read = transaction.commit();
  if (!read.ok()) take_note(read.error());
  return read;
}

// After some errors the next attempt on the same file may succeed and be a lie.
void Store::Impl::take_note(const Error& error) {
  if (error.code == ErrorCode::kFull) space.note_full(writing);
  if (error.code != ErrorCode::kUnavailable && error.code != ErrorCode::kUnreadable &&
      error.code != ErrorCode::kCorrupt) {
    return;
  }
  failed = true;
  distrusted = distrusted || error.code == ErrorCode::kCorrupt;
  connection.abandon();
}

// Not being able to is no failure of the commit before it: the next one tries again.
void Store::Impl::write_mark() {
  const auto position = connection.integer("SELECT seq FROM sqlite_sequence WHERE name = 'chunk'");
  if (!position.ok()) return take_note(position.error());
  mark.position = to_unsigned(position->value_or(0));
  if (watermark.write(mark).ok()) marked = mark.commit;
}

void Store::Impl::give_back_pages(Transaction& transaction) {
  if (transaction.integer("PRAGMA freelist_count") > kFreePagesKept) transaction.run(kGiveBack);
}

void Store::Impl::forget(Transaction& transaction) {
  if (!salvage && audited) forget_runs(transaction, run);
}

}  // namespace sluice::storage
