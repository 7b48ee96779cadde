// What a Store does with what the collector says: settles, keeps, and closes what is over.

#include <optional>
#include <utility>

#include "core/check.hpp"
#include "storage/chunk_table.hpp"
#include "storage/closed_table.hpp"
#include "storage/grace.hpp"
#include "storage/missing_table.hpp"
#include "storage/settlement.hpp"
#include "storage/store_impl.hpp"

namespace sluice::storage {
namespace {

// Closed by one gap record for each of their streams.
constexpr std::size_t kRunsClosedMax = 64;

}  // namespace

Result<AckOutcome> Store::acknowledge(const Ack& ack) {
  if (Result<> room = impl_->make_log_room(kSmallLogBytes); !room.ok()) return room.error();
  Transaction transaction(impl_->connection);
  AckOutcome outcome;
  if (const std::optional<KnownRun> run = find_run(transaction, ack.run)) {
    outcome = settle(transaction, *run, ack);
  } else {
    outcome.refused = outcome.unknown_run = true;
  }
  return impl_->settle(transaction, outcome);
}

Result<AckOutcome> Store::acknowledge(const Answered& answered) {
  if (Result<> room = impl_->make_log_room(kSmallLogBytes); !room.ok()) return room.error();
  Transaction transaction(impl_->connection);
  AckOutcome outcome;
  if (const std::optional<KnownRun> run = find_run(transaction, answered.question.run)) {
    outcome = settle(transaction, *run, answered);
  } else {
    outcome.refused = outcome.unknown_run = true;
  }
  return impl_->settle(transaction, outcome);
}

Result<std::vector<SettledRun>> Store::settled_runs() {
  if (!impl_->may_close || impl_->salvage || !impl_->audited) return std::vector<SettledRun>();
  Transaction transaction(impl_->connection);
  std::vector<SettledRun> runs = runs_to_close(transaction, impl_->run, kRunsClosedMax);
  if (Result<> read = impl_->end_reading(transaction); !read.ok()) return read.error();
  impl_->may_close = !runs.empty();
  return runs;
}

Result<> Store::close(std::span<const SettledRun> runs, const SealedChunk& record) {
  CHECK(record.stream == Stream::kEvent);
  const std::uint64_t bytes = kSmallLogBytes + log_bytes_of(1, record.bytes.size());
  if (Result<> room = impl_->make_log_room(bytes); !room.ok()) return room;
  Transaction transaction(impl_->connection);
  const std::uint64_t seq = add_chunk(transaction, impl_->run, record, Pin::kYes).seq;
  note_closing(transaction, impl_->run, seq, runs);
  if (Result<> done = impl_->conclude(transaction); !done.ok()) return done;
  impl_->count({&record, 1});
  return Ok{};
}

Result<AckOutcome> Store::Impl::settle(Transaction& transaction, const AckOutcome& outcome) {
  if (!transaction.ok()) return end_reading(transaction).error();
  const bool changes = outcome.settled_chunks + outcome.settled_missing > 0 || outcome.has_loss() ||
                       outcome.confirms;
  if (!changes) return outcome;
  forget(transaction);
  give_back_pages(transaction);
  if (outcome.has_loss()) close_all_again(transaction);
  if (outcome.missing_keys > 0) undeclared = count_undeclared(transaction);
  if (Result<> done = conclude(transaction); !done.ok()) return done.error();
  may_close = true;
  old_runs = true;
  grace_is_stuck = false;
  return outcome;
}

std::uint64_t Store::Impl::bytes_over_grace() {
  // Once it is full an eighth goes in a row: pages that come free side by side are used again side
  // by side, which writes less.
  const std::uint64_t most = grace_bytes_max(options);
  const std::uint64_t wanted = grace_overflows ? most - most / 8 : most;
  grace_overflows = !grace_is_stuck && totals.kept_bytes > wanted;
  return grace_overflows ? kFreedBytesMin : 0;
}

Result<std::uint64_t> Store::Impl::erase_kept(std::uint64_t excess) {
  const std::uint64_t over = bytes_over_grace();
  const bool wanted = (excess > 0 && !grace_is_stuck) || over > 0 || old_runs;
  if (!wanted || totals.kept_chunks == 0) return std::uint64_t{0};
  if (Result<> room = make_log_room(kSmallLogBytes); !room.ok()) return room.error();
  Transaction transaction(connection);
  std::uint64_t erased = 0;
  if (excess > 0 || over > 0) {
    erased = storage::erase_kept(transaction, excess > 0 ? excess + kFreedBytesMin : over);
    grace_is_stuck = erased == 0;
  }
  if (erased == 0 && old_runs) {
    erased = erase_kept_of_old_runs(transaction, run);
    old_runs = erased > 0;
  }
  const Result<> done = erased > 0 ? conclude(transaction) : end_reading(transaction);
  if (!done.ok()) return done.error();
  may_close = may_close || erased > 0;
  return erased;
}

}  // namespace sluice::storage
