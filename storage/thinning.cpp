#include "storage/thinning.hpp"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "core/lane.hpp"
#include "storage/quota.hpp"
#include "storage/run_table.hpp"

namespace sluice::storage {
namespace {

// Each is a short walk down an index: some 10 ms on a small board.
constexpr std::int64_t kRollupsMax = 1'024;

struct Rollup {
  std::uint64_t position = 0;
  std::int64_t run = 0;  // row
  RunId run_id;
  std::int64_t channel = 0;
  std::int64_t first_ns = 0;
  std::int64_t last_ns = 0;
};

struct Covered {
  std::uint64_t seq = 0;
  std::uint64_t readings = 0;
  Instant first;
  Instant last;
};

std::vector<Rollup> rollups_behind(Transaction& transaction, std::uint64_t position) {
  std::vector<Rollup> rollups;
  transaction.for_each(
      "SELECT pending.position, run.id, run.run, channel, first_ns, last_ns"
      " FROM pending JOIN chunk ON chunk.position = pending.position"
      " JOIN run ON run.id = chunk.run WHERE lane = ? AND pending.position > ?"
      " ORDER BY pending.position LIMIT ?",
      {static_cast<std::int64_t>(Lane::kRollup), to_signed(position), kRollupsMax},
      [&](const Row& row) {
        rollups.push_back({to_unsigned(row.integer(0)), row.integer(1), run_id_of(row.blob(2)),
                           row.integer(3), row.integer(4), row.integer(5)});
        return true;
      });
  return rollups;
}

// False when `covered` or `bytes` is full before the end.
bool add_covered(Transaction& transaction, const Rollup& rollup, std::vector<Covered>& covered,
                 std::uint64_t& freed, std::uint64_t bytes) {
  bool all = true;
  transaction.for_each(
      "WITH RECURSIVE slot (number) AS"
      " (SELECT ?3 >> 34 UNION ALL SELECT number + 1 FROM slot WHERE number < ?4 >> 34)"
      " SELECT seq, count, first_ns, last_ns, length(bytes) FROM slot CROSS JOIN chunk"
      " WHERE run = ?1 AND stream = 2 AND first_ns >> 34 = slot.number AND channel = ?2"
      " AND first_ns >= ?3 AND last_ns <= ?4"
      " AND EXISTS (SELECT 1 FROM pending WHERE lane = ?5 AND pending.position = chunk.position)",
      {rollup.run, rollup.channel, rollup.first_ns, rollup.last_ns,
       static_cast<std::int64_t>(Lane::kRaw)},
      [&](const Row& row) {
        all = freed < bytes && covered.size() < kDropChunksMax;
        if (!all) return false;
        covered.push_back({to_unsigned(row.integer(0)), to_unsigned(row.integer(1)),
                           instant_from_ns(row.integer(2)), instant_from_ns(row.integer(3))});
        freed += to_unsigned(row.integer(4)) + kDroppedRowBytes;
        return true;
      });
  return all;
}

std::vector<Drop> joined(const RunId& run, std::vector<Covered> covered) {
  std::sort(covered.begin(), covered.end(),
            [](const Covered& a, const Covered& b) { return a.seq < b.seq; });
  // Rollups may overlap.
  covered.erase(std::unique(covered.begin(), covered.end(),
                            [](const Covered& a, const Covered& b) { return a.seq == b.seq; }),
                covered.end());
  std::vector<Drop> drops;
  for (const Covered& chunk : covered) {
    if (drops.empty() || drops.back().last_seq + 1 != chunk.seq) {
      Drop drop;
      drop.run = run;
      drop.first_seq = drop.last_seq = chunk.seq;
      drop.readings = chunk.readings;
      drop.first = chunk.first;
      drop.last = chunk.last;
      drops.push_back(drop);
      continue;
    }
    Drop& drop = drops.back();
    drop.last_seq = chunk.seq;
    drop.readings += chunk.readings;
    drop.first = std::min(drop.first, chunk.first);
    drop.last = std::max(drop.last, chunk.last);
  }
  return drops;
}

}  // namespace

std::vector<Drop> propose_thinning(Transaction& transaction, Thinning& thinning,
                                   std::uint64_t bytes) {
  const std::vector<Rollup> rollups = rollups_behind(transaction, thinning.rollup);
  std::vector<Covered> covered;
  RunId run;
  std::uint64_t freed = 0;
  for (const Rollup& rollup : rollups) {
    if (!covered.empty() && rollup.run_id != run) break;
    run = rollup.run_id;
    if (!add_covered(transaction, rollup, covered, freed, bytes)) break;
    thinning.rollup = rollup.position;
  }
  thinning.at_end = rollups.empty() || (thinning.rollup == rollups.back().position &&
                                        rollups.size() < static_cast<std::size_t>(kRollupsMax));
  return joined(run, std::move(covered));
}

}  // namespace sluice::storage
