#include "storage/store.hpp"

#include <utility>

#include "core/check.hpp"
#include "storage/chunk_table.hpp"
#include "storage/database.hpp"
#include "storage/lock_file.hpp"
#include "storage/quota.hpp"
#include "storage/run_table.hpp"
#include "storage/settlement.hpp"
#include "storage/sqlite.hpp"
#include "storage/tombstone_table.hpp"

namespace sluice::storage {
namespace {

// A drop frees this much at least beyond what is asked for, so that at the brim not every chunk
// gets a gap record of its own.
constexpr std::uint64_t kFreedBytesMin = 64 * 1024;

// Free pages are used again before the file grows. What is beyond the first number, after an
// outage, goes back to the file system in pieces of the second: each moved page is written twice.
constexpr std::int64_t kFreePagesKept = 1024;
constexpr const char* kGiveBack = "PRAGMA incremental_vacuum(64)";

// Readings in the hot tails: of the current run, and of earlier ones until they are recovered.
struct HotReadings {
  std::uint64_t current = 0;
  std::uint64_t earlier = 0;
};

std::uint64_t raw_readings_in(std::span<const SealedChunk> chunks) {
  std::uint64_t readings = 0;
  for (const SealedChunk& chunk : chunks) readings += readings_in(chunk);
  return readings;
}

void add_chunks(Transaction& transaction, const KnownRun& run,
                std::span<const SealedChunk> chunks) {
  for (const SealedChunk& chunk : chunks) add_chunk(transaction, run, chunk, Pin::kNo);
}

// The transaction fails when there is no such run.
std::optional<KnownRun> known_run_of(Transaction& transaction, const Drop& drop) {
  std::optional<KnownRun> run = find_run(transaction, drop.run);
  if (!run)
    transaction.fail({ErrorCode::kInvalid, "what was or is to be dropped is of no known run"});
  return run;
}

}  // namespace

struct Store::Impl {
  LockFile lock;  // first in, last out
  Connection connection;
  std::uint64_t quota_bytes;
  KnownRun run;
  Totals totals;
  HotReadings hot;

  // Commits, and only then takes over what has changed in memory.
  Result<> conclude(Transaction& transaction, const HotReadings& hot_now);
  Result<> drop(Transaction& transaction, std::span<const Drop> drops);
  void give_back_pages(Transaction& transaction);
};

Result<> Store::Impl::conclude(Transaction& transaction, const HotReadings& hot_now) {
  Totals next = totals_of_chunks(transaction);
  next.stored += hot_now.current + hot_now.earlier;
  next.pending += hot_now.current + hot_now.earlier;
  if (Result<> committed = transaction.commit(); !committed.ok()) return committed;
  const Result<std::uint64_t> bytes = bytes_in_use(connection);
  next.bytes = bytes.ok() ? *bytes : totals.bytes;
  totals = next;
  hot = hot_now;
  return Ok{};
}

Result<> Store::Impl::drop(Transaction& transaction, std::span<const Drop> drops) {
  for (const Drop& drop : drops) {
    if (const auto of = known_run_of(transaction, drop)) apply_drop(transaction, *of, drop);
  }
  return conclude(transaction, hot);
}

void Store::Impl::give_back_pages(Transaction& transaction) {
  if (transaction.integer("PRAGMA freelist_count") > kFreePagesKept) transaction.run(kGiveBack);
}

Store::Store(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
Store::Store(Store&&) noexcept = default;
Store& Store::operator=(Store&&) noexcept = default;
Store::~Store() = default;

Result<Store> Store::open(const Options& options, const RunId& run, const std::string& boot,
                          Instant now) {
  // The lock comes first: nothing of a database that another process uses is touched.
  Result<LockFile> lock = LockFile::take(options.path + ".lock");
  if (!lock.ok()) return lock.error();
  Result<Connection> connection = open_for_writing(options.path, options.quota_bytes);
  if (!connection.ok()) return connection.error();
  auto impl = std::make_unique<Impl>(
      Impl{std::move(*lock), std::move(*connection), options.quota_bytes, {}, {}, {}});
  {
    Transaction transaction(impl->connection);
    impl->run = add_run(transaction, run, boot, now);
    forget_settled_runs(transaction, impl->run);
    const HotReadings hot{0, readings_in_frames(transaction)};
    if (Result<> done = impl->conclude(transaction, hot); !done.ok()) {
      return done.error();
    }
  }
  return Store(std::move(impl));
}

Result<std::vector<EarlierRun>> Store::earlier_runs() {
  Transaction transaction(impl_->connection);
  std::vector<EarlierRun> runs = unfinished_runs(transaction, impl_->run);
  if (Result<> read = transaction.commit(); !read.ok()) return read.error();
  return runs;
}

Result<> Store::recover(const RunId& earlier, std::span<const SealedChunk> tail,
                        std::span<const SealedChunk> notes) {
  Transaction transaction(impl_->connection);
  const std::optional<KnownRun> run = find_run(transaction, earlier);
  if (!run || run->row == impl_->run.row) {
    transaction.fail({ErrorCode::kNotFound, "no earlier run " + to_hex(earlier) + " is known"});
    return transaction.commit();
  }
  const std::uint64_t in_frames = readings_in_frames(transaction, *run);
  const std::uint64_t in_tail = raw_readings_in(tail);
  add_chunks(transaction, *run, tail);
  add_chunks(transaction, impl_->run, notes);
  if (in_tail < in_frames) count_lost(transaction, *run, in_frames - in_tail);
  remove_frames(transaction, *run);
  end_run(transaction, *run, RunEnd::kRecovered);
  forget_settled_runs(transaction, impl_->run);
  HotReadings hot = impl_->hot;
  hot.earlier -= in_frames;
  return impl_->conclude(transaction, hot);
}

Result<> Store::commit(const Commit& commit) {
  CHECK(!(commit.frame && commit.drop_frames));
  Transaction transaction(impl_->connection);
  HotReadings hot = impl_->hot;
  if (commit.drop_frames) {
    CHECK(raw_readings_in(commit.chunks) >= hot.current);
    hot.current = 0;
    remove_frames(transaction, impl_->run);
  }
  if (commit.frame) {
    add_frame(transaction, impl_->run, *commit.frame);
    hot.current += commit.frame->count;
  }
  add_chunks(transaction, impl_->run, commit.chunks);
  if (commit.ends_run) end_run(transaction, impl_->run, RunEnd::kGoodbye);
  if (commit.drop_frames) impl_->give_back_pages(transaction);
  return impl_->conclude(transaction, hot);
}

Result<AckOutcome> Store::acknowledge(const Ack& ack) {
  AckOutcome refused;
  refused.refused = true;
  Transaction transaction(impl_->connection);
  const std::optional<KnownRun> run = find_run(transaction, ack.run);
  const std::optional<AckOutcome> outcome =
      run ? settle(transaction, *run, ack) : std::optional<AckOutcome>();
  if (!transaction.ok()) return transaction.commit().error();
  if (!outcome) return refused;
  if (outcome->settled_chunks == 0) return *outcome;
  forget_settled_runs(transaction, impl_->run);
  impl_->give_back_pages(transaction);
  if (Result<> done = impl_->conclude(transaction, impl_->hot); !done.ok()) {
    return done.error();
  }
  return *outcome;
}

Result<std::vector<Drop>> Store::make_room() {
  const Result<std::uint64_t> bytes = bytes_in_use(impl_->connection);
  if (!bytes.ok()) return bytes.error();
  if (*bytes <= impl_->quota_bytes) return std::vector<Drop>();
  Transaction transaction(impl_->connection);
  const std::vector<Drop> drops =
      propose_drops(transaction, *bytes - impl_->quota_bytes + kFreedBytesMin);
  if (Result<> done = impl_->drop(transaction, drops); !done.ok()) return done.error();
  return drops;
}

Result<> Store::drop(const Drop& drop) {
  Transaction transaction(impl_->connection);
  return impl_->drop(transaction, {&drop, 1});
}

Result<std::vector<Drop>> Store::undeclared() {
  Transaction transaction(impl_->connection);
  std::vector<Drop> drops = undeclared_drops(transaction, kDropsDeclaredMax);
  if (Result<> read = transaction.commit(); !read.ok()) return read.error();
  return drops;
}

Result<> Store::declare(std::span<const Drop> drops, const SealedChunk& gaps) {
  CHECK(gaps.stream == Stream::kEvent);
  Transaction transaction(impl_->connection);
  for (const Drop& drop : drops) {
    if (const auto run = known_run_of(transaction, drop)) mark_declared(transaction, *run, drop);
  }
  add_chunk(transaction, impl_->run, gaps, Pin::kYes);
  return impl_->conclude(transaction, impl_->hot);
}

Totals Store::totals() const {
  return impl_->totals;
}

}  // namespace sluice::storage
