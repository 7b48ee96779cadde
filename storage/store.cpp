#include "storage/store.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"
#include "core/log.hpp"
#include "storage/alert_table.hpp"
#include "storage/chunk_table.hpp"
#include "storage/continuity.hpp"
#include "storage/database.hpp"
#include "storage/disk.hpp"
#include "storage/missing_table.hpp"
#include "storage/quota.hpp"
#include "storage/recording_table.hpp"
#include "storage/rollup_table.hpp"
#include "storage/run_names.hpp"
#include "storage/set_aside.hpp"
#include "storage/store_impl.hpp"
#include "storage/tombstone_table.hpp"

namespace sluice::storage {
namespace {

// The watermark is one write and one flush beside those of this many commits.
constexpr std::uint64_t kCommitsPerMark = 60;

// Of a channel's, clock's or recording's row, without names.
constexpr std::uint64_t kNoteBytes = 64;
// Of a chunk's row beside its bytes, as log_bytes_of() has it.
constexpr std::uint64_t kRowBytes = 200;

// Pieces of what is kept that go in a row when there is no room.
constexpr int kErasuresMax = 8;

// Declared by one gap record each; as many go into one chunk.
constexpr std::size_t kMissingMax = 64;

bool is_final(const Error& error) {
  return error.code == ErrorCode::kRefused || error.code == ErrorCode::kInvalid;
}

std::uint64_t raw_readings_in(std::span<const SealedChunk> chunks) {
  std::uint64_t readings = 0;
  for (const SealedChunk& chunk : chunks) readings += readings_in(chunk);
  return readings;
}

std::uint64_t log_bytes_for(std::span<const SealedChunk> chunks) {
  std::uint64_t bytes = 0;
  for (const SealedChunk& chunk : chunks) bytes += chunk.bytes.size();
  return log_bytes_of(chunks.size() + 1, bytes);
}
// A name is in a row of its own; the others are small beside it.
std::uint64_t log_bytes_for(const Commit& commit) {
  std::uint64_t bytes = commit.frame ? commit.frame->bytes.size() : 0;
  for (const ChannelDeclared& channel : commit.channels) bytes += channel.name.size() + kNoteBytes;
  bytes += kNoteBytes * (commit.clocks.size() + 2 * commit.recordings.size());
  for (const ActiveAlert& alert : commit.active_alerts) bytes += alert.rule.size() + kNoteBytes;
  bytes += kNoteBytes * (commit.cleared_alerts.size() + (commit.forget_alerts ? 1U : 0U));
  if (commit.checkpoint) bytes += commit.checkpoint->bytes.size() + kNoteBytes;
  for (const RolledUp& part : commit.rollups) {
    for (const SealedChunk& chunk : part.chunks) bytes += chunk.bytes.size() + kRowBytes;
    bytes += kNoteBytes;
  }
  return bytes + log_bytes_for(commit.chunks);
}

}  // namespace

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const Options& options, const RunId& run, const std::string& boot,
                          Instant now, std::unique_ptr<Disk> disk) {
  // The lock comes first: nothing of a database that another process uses is touched.
  Result<LockFile> lock = LockFile::take(options.path + ".lock");
  if (!lock.ok()) return lock.error();
  if (!disk) disk = std::make_unique<SystemDisk>();
  if (Result<> usable = check_writable(options.path); !usable.ok()) return usable.error();
  auto impl = std::make_unique<Impl>(Impl{std::move(*lock), options, boot, now,
                                          WatermarkFile(options.path + ".watermark"),
                                          Space(options, std::move(disk))});
  impl->mark.run = run;
  impl->distrusted = options.earlier == Options::Earlier::kSetAside;
  if (const Result<> begun = impl->begin(); !begun.ok()) {
    if (is_final(begun.error())) return begun.error();
    log(LogLevel::kError,
        "the buffer cannot be written yet: readings are kept in memory, and it "
        "is tried again: " +
            begun.error().message);
  }
  return Store(std::move(impl));
}

bool Store::failed() const {
  return impl_->failed;
}

Result<Reopened> Store::reopen() {
  // A start that found the disk full has left the database open.
  if (impl_->begun || !impl_->connection.is_open()) {
    if (Result<> connected = impl_->reconnect(); !connected.ok()) return connected.error();
  }
  if (!impl_->begun) {
    const Result<> begun = impl_->begin_run(Impl::Attempt::kSecond);
    if (!begun.ok()) return impl_->give_up(begun.error());
    impl_->failed = false;
    return Reopened::kWithout;
  }
  Result<Reopened> outcome = impl_->resume_run();
  if (outcome.ok()) impl_->committing = false;
  return outcome;
}

Result<std::vector<Missing>> Store::missing() {
  if (impl_->undeclared == 0) return std::vector<Missing>();
  Transaction transaction(impl_->connection);
  std::vector<Missing> missing = undeclared_missing(transaction, kMissingMax);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return missing;
}

Result<> Store::declare(std::span<const Missing> missing, const SealedChunk& gap) {
  CHECK(gap.stream == Stream::kEvent);
  const std::uint64_t bytes = kSmallLogBytes + log_bytes_of(1, gap.bytes.size());
  if (Result<> room = impl_->make_log_room(bytes); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  const std::uint64_t record = add_chunk(transaction, impl_->run, gap, Pin::kYes).position;
  for (const Missing& one : missing) mark_declared(transaction, one, record);
  const std::uint64_t undeclared = count_undeclared(transaction);
  if (Result<> done = impl_->conclude(transaction); !done.ok()) return done;
  impl_->undeclared = undeclared;
  impl_->count({&gap, 1});
  return Ok{};
}

Result<std::vector<EarlierRun>> Store::earlier_runs() {
  Transaction transaction(impl_->connection);
  std::vector<EarlierRun> runs = unfinished_runs(transaction, impl_->run);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return runs;
}

Result<> Store::recover(const RunId& earlier, std::span<const SealedChunk> tail,
                        std::span<const SealedChunk> notes) {
  // A run that had another quota may have left more than the log is to hold: it is written all the
  // same. That the log could not be emptied the transaction says too, if it matters.
  const std::uint64_t bytes = log_bytes_for(tail) + log_bytes_for(notes);
  static_cast<void>(impl_->make_log_room(std::min(bytes, impl_->space.shares().log)));
  Transaction transaction(impl_->connection);
  const std::optional<KnownRun> run = find_run(transaction, earlier);
  if (!run || run->row == impl_->run.row) {
    transaction.fail({ErrorCode::kNotFound, "no earlier run " + to_hex(earlier) + " is known"});
    return transaction.commit();
  }
  const std::uint64_t in_frames = readings_in_frames(transaction, *run);
  const std::uint64_t in_tail = raw_readings_in(tail);
  const std::uint64_t asked_for = impl_->add_chunks(transaction, *run, tail);
  impl_->add_chunks(transaction, impl_->run, notes);
  if (in_tail < in_frames) count_lost(transaction, *run, in_frames - in_tail);
  const std::uint64_t last = last_commit_of(transaction, *run);
  remove_frames(transaction, *run);
  note_commit(transaction, *run, last, last);
  end_run(transaction, *run, RunEnd::kRecovered);
  impl_->forget(transaction);
  HotReadings hot = impl_->hot;
  hot.earlier -= in_frames;
  impl_->promoted += asked_for;
  if (Result<> done = impl_->conclude(transaction, hot, impl_->mark); !done.ok()) return done;
  impl_->count(tail);
  impl_->count(notes);
  return Ok{};
}

Result<> Store::commit(const Commit& commit) {
  CHECK(!(commit.frame && commit.drop_frames));
  if (Result<> room = impl_->make_log_room(log_bytes_for(commit)); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  HotReadings hot = impl_->hot;
  Watermark next = impl_->mark;
  ++next.commit;
  if (commit.drop_frames) {
    CHECK(raw_readings_in(commit.chunks) >= hot.current);
    hot.current = 0;
    remove_frames(transaction, impl_->run);
    next.sealed_commit = next.commit;
  }
  if (commit.frame) {
    add_frame(transaction, impl_->run, *commit.frame, next.commit);
    hot.current += commit.frame->count;
    next.last_durable = std::max(next.last_durable, commit.frame->last);
  } else {
    note_commit(transaction, impl_->run, next.commit, next.sealed_commit);
  }
  note_channels(transaction, impl_->run, commit.channels);
  note_clocks(transaction, impl_->run, commit.clocks);
  for (const Recording& one : commit.recordings) keep_recording(transaction, impl_->run, one);
  note_alerts(transaction, commit);
  const std::uint64_t asked_for = impl_->add_chunks(transaction, impl_->run, commit.chunks);
  const std::vector<const RolledUp*> rolled_up = impl_->add_rollups(transaction, commit.rollups);
  const bool sealed = commit.drop_frames && raw_readings_in(commit.chunks) > 0;
  const std::uint64_t sealed_upto = sealed ? last_position(transaction) : impl_->totals.sealed_upto;
  if (commit.ends_run) end_run(transaction, impl_->run, RunEnd::kGoodbye);
  if (commit.drop_frames) impl_->give_back_pages(transaction);
  impl_->committing = true;
  const std::uint64_t used = impl_->used;
  if (Result<> done = impl_->conclude(transaction, hot, next); !done.ok()) return done;
  impl_->promoted += asked_for;
  impl_->totals.promoted = impl_->promoted;
  impl_->totals.grown += to_signed(impl_->used - used);
  impl_->totals.sealed_upto = sealed_upto;
  impl_->committing = false;
  impl_->reopenings = 0;
  impl_->space.note_written();
  impl_->count(commit.chunks);
  for (const RolledUp* part : rolled_up) impl_->count(part->chunks);
  if (commit.frame) impl_->written.frames += commit.frame->bytes.size();
  const bool due = impl_->marked == 0 || next.commit >= impl_->marked + kCommitsPerMark;
  if (due || commit.ends_run) impl_->write_mark();
  return Ok{};
}

Result<std::vector<Drop>> Store::make_room() {
  Result<Need> need = impl_->look_for_room();
  if (!need.ok()) return need.error();
  if (need->excess > 0 && remove_salvaged(impl_->options.path)) {
    impl_->share_with_set_aside();
    return std::vector<Drop>();
  }
  for (int piece = 0; piece < kErasuresMax; ++piece) {
    const Result<std::uint64_t> erased = impl_->erase_kept(need->excess);
    if (!erased.ok()) return erased.error();
    if (*erased == 0) break;
    need = impl_->look_for_room();
    if (!need.ok()) return need.error();
  }
  // More of it goes the next time, before anything is dropped.
  if (need->excess > 0 && impl_->totals.kept_chunks > 0 && !impl_->grace_is_stuck) {
    return std::vector<Drop>();
  }
  if (need->excess == 0 && !need->shrinks) return impl_->cut_file(need->usage);
  if (Result<> room = impl_->make_log_room(kSmallLogBytes); !room.ok()) return room.error();
  Transaction transaction(impl_->connection);
  std::vector<Drop> drops;
  if (need->excess > 0) {
    drops = propose_drops(transaction, impl_->thinning,
                          {need->excess + kFreedBytesMin, impl_->run, impl_->names});
  }
  if (need->shrinks) transaction.run(kGiveBack);
  if (Result<> done = impl_->drop(transaction, drops); !done.ok()) return done.error();
  if (need->shrinks) {
    static_cast<void>(limit_size(impl_->connection, impl_->space.shares().database));
  }
  return drops;
}

Result<> Store::drop(const Drop& drop) {
  if (Result<> room = impl_->make_log_room(kSmallLogBytes); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  return impl_->drop(transaction, {&drop, 1});
}

Result<std::vector<Drop>> Store::undeclared() {
  Transaction transaction(impl_->connection);
  std::vector<Drop> drops = undeclared_drops(transaction, kDropsDeclaredMax);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  return drops;
}

Result<> Store::declare(std::span<const Drop> drops, const SealedChunk& gaps) {
  CHECK(gaps.stream == Stream::kEvent);
  const std::uint64_t bytes = kSmallLogBytes + log_bytes_of(1, gaps.bytes.size());
  if (Result<> room = impl_->make_log_room(bytes); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  const std::uint64_t record = add_chunk(transaction, impl_->run, gaps, Pin::kYes).position;
  for (const Drop& drop : drops) {
    const std::optional<KnownRun> run = known_run_of(transaction, drop);
    if (run) mark_declared(transaction, *run, drop, record);
  }
  if (Result<> done = impl_->conclude(transaction); !done.ok()) return done;
  impl_->count({&gaps, 1});
  return Ok{};
}

Totals Store::totals() const {
  return impl_->totals;
}

Written Store::written() const {
  return impl_->written;
}

}  // namespace sluice::storage
