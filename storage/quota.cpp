#include "storage/quota.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "core/lane.hpp"
#include "storage/chunk_table.hpp"
#include "storage/tombstone_table.hpp"

namespace sluice::storage {
namespace {

// Of a configuration that is changed more often than this in one run, the oldest names may go.
constexpr std::size_t kNamingChunksMax = 1'024;

constexpr std::array kLeastValuableFirst = {Lane::kRaw,       Lane::kRejected, Lane::kRollup,
                                            Lane::kRequested, Lane::kEvent,    Lane::kAlert};

static_assert(kDropChunksMax <= kTombstonesPerRow);

struct Oldest {
  std::int64_t run = 0;
  std::int64_t seq = 0;
};

bool is_kept(const DropRequest& request, Lane lane, const Oldest& chunk) {
  return stream_of(lane) == Stream::kEvent && chunk.run == request.run.row &&
         request.names.contain(to_unsigned(chunk.seq));
}

std::optional<Oldest> oldest_of(Transaction& transaction, Lane lane, const DropRequest& request) {
  std::optional<Oldest> oldest;
  const auto take = [&](const Row& row) {
    const Oldest chunk{row.integer(0), row.integer(1)};
    if (is_kept(request, lane, chunk)) return true;
    oldest = chunk;
    return false;
  };
  transaction.for_each(
      "SELECT run, seq FROM pending JOIN chunk ON chunk.position = pending.position"
      " WHERE lane = ? AND pinned = 0 ORDER BY pending.position",
      {static_cast<std::int64_t>(lane)}, take);
  return oldest;
}

// Readings that were asked for outlast the others, until they have more room than those: what is
// measured today shall not make way for what was asked for last year and never fetched.
bool has_too_much_asked_for(Transaction& transaction) {
  return transaction.integer(
             "SELECT (SELECT bytes FROM lane WHERE lane = 3) >"
             " (SELECT bytes FROM lane WHERE lane = 4)") != 0;
}

// The chunks from `oldest` on, as long as their keys follow each other.
Drop drop_from(Transaction& transaction, Lane lane, const Oldest& oldest,
               const DropRequest& request) {
  Drop drop;
  const Stream stream = stream_of(lane);
  drop.stream = stream;
  drop.first_seq = to_unsigned(oldest.seq);
  drop.last_seq = drop.first_seq - 1;
  drop.first = Instant::max();
  drop.last = Instant::min();
  std::uint64_t freed = 0;
  transaction.for_each(
      "SELECT run.run, seq, count, first_ns, last_ns, length(bytes)"
      " FROM chunk JOIN run ON run.id = chunk.run"
      " WHERE chunk.run = ? AND stream = ? AND seq >= ? AND pinned = 0"
      " AND EXISTS (SELECT 1 FROM pending WHERE lane = ? AND pending.position = chunk.position)"
      " ORDER BY seq LIMIT ?",
      {oldest.run, static_cast<std::int64_t>(stream), oldest.seq, static_cast<std::int64_t>(lane),
       static_cast<std::int64_t>(kDropChunksMax)},
      [&](const Row& row) {
        if (to_unsigned(row.integer(1)) != drop.last_seq + 1) return false;
        if (is_kept(request, lane, {oldest.run, row.integer(1)})) return false;
        drop.run = run_id_of(row.blob(0));
        ++drop.last_seq;
        if (stream == Stream::kRaw) drop.readings += to_unsigned(row.integer(2));
        drop.first = std::min(drop.first, instant_from_ns(row.integer(3)));
        drop.last = std::max(drop.last, instant_from_ns(row.integer(4)));
        freed += to_unsigned(row.integer(5)) + kDroppedRowBytes;
        return freed < request.bytes;
      });
  return drop;
}

// What `drop` turns the chunks into; with fewer members than keys when not all may be dropped.
TombstoneRow tombstones_of(Transaction& transaction, const KnownRun& run, const Drop& drop) {
  TombstoneRow tombstones{drop.first_seq, {}, drop.reason, false, drop.first, drop.last, 0};
  const LanesOfStream lanes = lanes_of(drop.stream);
  transaction.for_each(
      "SELECT crc, count FROM chunk WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?"
      " AND pinned = 0 AND EXISTS (SELECT 1 FROM pending WHERE lane IN (?, ?)"
      " AND pending.position = chunk.position) ORDER BY seq LIMIT ?",
      {run.row, static_cast<std::int64_t>(drop.stream), to_signed(drop.first_seq),
       to_signed(drop.last_seq), lanes.own, lanes.promoted,
       static_cast<std::int64_t>(kDropChunksMax)},
      [&](const Row& row) {
        const bool raw = drop.stream == Stream::kRaw;
        tombstones.members.push_back({static_cast<std::uint32_t>(row.integer(0)),
                                      raw ? static_cast<std::uint32_t>(row.integer(1)) : 0});
        return true;
      });
  return tombstones;
}

}  // namespace

void NamingChunks::add(std::uint64_t seq) {
  if (!seqs_.empty() && seqs_.back() == seq) return;  // its commit is tried again
  if (seqs_.size() == kNamingChunksMax) seqs_.erase(seqs_.begin());
  seqs_.push_back(seq);
}

bool NamingChunks::contain(std::uint64_t seq) const {
  return std::binary_search(seqs_.begin(), seqs_.end(), seq);
}

std::vector<Drop> propose_drops(Transaction& transaction, Thinning& thinning,
                                const DropRequest& request) {
  std::vector<Drop> covered = propose_thinning(transaction, thinning, request.bytes);
  if (!covered.empty() || !thinning.at_end) return covered;
  if (has_too_much_asked_for(transaction)) {
    const std::optional<Oldest> oldest = oldest_of(transaction, Lane::kRequested, request);
    if (oldest) return {drop_from(transaction, Lane::kRequested, *oldest, request)};
  }
  for (const Lane lane : kLeastValuableFirst) {
    const std::optional<Oldest> oldest = oldest_of(transaction, lane, request);
    if (oldest) return {drop_from(transaction, lane, *oldest, request)};
  }
  return {};
}

std::optional<KnownRun> known_run_of(Transaction& transaction, const Drop& drop) {
  std::optional<KnownRun> run = find_run(transaction, drop.run);
  if (!run) transaction.fail({ErrorCode::kInvalid, "a drop is of no known run"});
  return run;
}

void apply_drop(Transaction& transaction, const KnownRun& run, const Drop& drop) {
  TombstoneRow tombstones = tombstones_of(transaction, run, drop);
  const std::uint64_t readings = readings_in(tombstones.members);
  const std::uint64_t chunks = tombstones.members.size();
  if (drop.first_seq < 1 || drop.first_seq > drop.last_seq ||
      chunks != drop.last_seq - drop.first_seq + 1 || readings != drop.readings) {
    transaction.fail({ErrorCode::kInvalid, "what is to be dropped is not pending any more"});
    return;
  }
  const auto stream = static_cast<std::int64_t>(drop.stream);
  transaction.run("DELETE FROM chunk WHERE run = ? AND stream = ? AND seq BETWEEN ? AND ?",
                  {run.row, stream, to_signed(drop.first_seq), to_signed(drop.last_seq)});
  add_tombstones(transaction, run, drop.stream, std::move(tombstones));
  transaction.run(
      "UPDATE stream SET pending_chunks = pending_chunks - ?1, dropped_chunks = dropped_chunks + "
      "?1,"
      " undeclared_chunks = undeclared_chunks + ?1, pending = pending - ?2, dropped = dropped + ?2,"
      " undeclared = undeclared + ?2 WHERE run = ?3 AND stream = ?4",
      {to_signed(chunks), to_signed(readings), run.row, stream});
}

}  // namespace sluice::storage
