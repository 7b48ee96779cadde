#include "storage/grace.hpp"

#include <limits>
#include <vector>

#include "storage/quota.hpp"

namespace sluice::storage {
namespace {

constexpr Stream kLeastValuableFirst[] = {Stream::kRaw, Stream::kRejected, Stream::kRollup,
                                          Stream::kEvent};

// Those that may go, of one run and stream. What lies before the first of an interval that is there
// is passed over in one step down the index of keys.
constexpr const char* kKeptOfStream =
    "SELECT seq, length(bytes), iif(s.stream = 2, count, 0) FROM settled AS s CROSS JOIN chunk AS "
    "c ON c.run = s.run"
    " AND c.stream = s.stream AND c.seq BETWEEN s.first AND s.last"
    " WHERE s.run = ? AND s.stream = ? AND (pinned = 0 OR NOT"
    " (EXISTS (SELECT 1 FROM tombstone WHERE record = position)"
    " OR EXISTS (SELECT 1 FROM missing WHERE record = position))) ORDER BY s.first, seq LIMIT ?";

class Erasure {
 public:
  Erasure(Transaction& transaction, std::uint64_t bytes)
      : transaction_(transaction), bytes_left_(bytes) {}

  std::uint64_t chunks() const { return chunks_; }
  bool done() const { return bytes_left_ == 0 || chunks_ >= kDropChunksMax; }

  void erase(std::int64_t run) {
    for (const Stream stream : kLeastValuableFirst) {
      if (!done()) erase(run, static_cast<std::int64_t>(stream));
    }
  }

 private:
  void erase(std::int64_t run, std::int64_t stream) {
    std::vector<std::int64_t> keys;
    std::int64_t readings = 0;
    const std::uint64_t room = kDropChunksMax - chunks_;
    transaction_.for_each(kKeptOfStream, {run, stream, to_signed(room)}, [&](const Row& row) {
      keys.push_back(row.integer(0));
      readings += row.integer(2);
      const std::uint64_t freed = to_unsigned(row.integer(1)) + kDroppedRowBytes;
      bytes_left_ -= freed < bytes_left_ ? freed : bytes_left_;
      return bytes_left_ > 0;
    });
    for (const std::int64_t seq : keys) {
      transaction_.run("DELETE FROM chunk WHERE run = ? AND stream = ? AND seq = ?",
                       {run, stream, seq});
    }
    if (keys.empty()) return;
    transaction_.run(
        "UPDATE stream SET kept_chunks = kept_chunks - ?, kept = kept - ?"
        " WHERE run = ? AND stream = ?",
        {static_cast<std::int64_t>(keys.size()), readings, run, stream});
    chunks_ += keys.size();
  }

  Transaction& transaction_;
  std::uint64_t bytes_left_;
  std::uint64_t chunks_ = 0;
};

std::vector<std::int64_t> runs_with_kept(Transaction& transaction) {
  std::vector<std::int64_t> runs;
  transaction.for_each("SELECT DISTINCT run FROM stream WHERE kept_chunks > 0 ORDER BY run", {},
                       [&](const Row& row) {
                         runs.push_back(row.integer(0));
                         return true;
                       });
  return runs;
}

}  // namespace

std::uint64_t grace_bytes_max(const Options& options) {
  return options.quota_bytes / 4;
}

std::uint64_t erase_kept(Transaction& transaction, std::uint64_t bytes) {
  Erasure erasure(transaction, bytes);
  for (const std::int64_t run : runs_with_kept(transaction)) {
    if (erasure.done()) break;
    erasure.erase(run);
  }
  return erasure.chunks();
}

std::uint64_t erase_kept_of_old_runs(Transaction& transaction, const KnownRun& current) {
  Erasure erasure(transaction, std::numeric_limits<std::uint64_t>::max());
  // Of the runs that are remembered, not of the numbers that were given.
  const std::int64_t oldest_kept = transaction.integer(
      "SELECT min(id) FROM (SELECT id FROM run WHERE id <> ? ORDER BY id DESC LIMIT ?)",
      {current.row, kEarlierRunsKept});
  for (const std::int64_t run : runs_with_kept(transaction)) {
    if (run >= oldest_kept || run == current.row || erasure.done()) break;
    erasure.erase(run);
  }
  return erasure.chunks();
}

}  // namespace sluice::storage
