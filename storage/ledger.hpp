#pragma once
// What is known of the keys of one (run, stream), in one transaction. A key is pending, or has a
// tombstone, or is in one interval of `settled`, or is missing; the chunk of a settled one may be
// kept besides. The rules of what may be believed are in storage/settlement.

#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/interval_set.hpp"
#include "core/question.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"

namespace sluice::storage {

// Why a key is settled, as the table says it.
enum class Settling : std::int64_t {
  kHeld = 0,
  kResolved = 1,
  // Its checksum is not known any more, and the collector may have it or not.
  kMissing = 2,
};

class Ledger {
 public:
  Ledger(Transaction& transaction, const KnownRun& run, Stream stream)
      : transaction_(transaction),
        known_run_(run),
        of_(stream),
        run_(run.row),
        stream_(static_cast<std::int64_t>(stream)) {}

  struct Sum {
    std::uint64_t chunks = 0;
    std::uint64_t readings = 0;
    std::uint64_t check = 0;
    std::uint64_t missing = 0;  // rows of keys that had been missing

    void operator+=(const Sum& more) {
      chunks += more.chunks;
      missing += more.missing;
      readings += more.readings;
      check += more.check;
    }
  };
  struct Settled {
    Interval interval;
    Settling kind = Settling::kHeld;
  };
  enum class Keep : bool { kNo, kYes };

  std::uint64_t last_seq();
  // Every key of it was given; and the sum is right, as far as all of it is known.
  bool explains_held(const Interval& interval);
  bool explains_resolved(const Interval& interval);
  // Something that is settled is not in `ack`.
  bool has_more_than(const Ack& ack);

  // Settled and missing intervals that share a key with `interval`, ascending.
  std::vector<Settled> settled_in(const Interval& interval);
  bool is_settled(const Interval& interval);
  // Of `keys`, those that are settled.
  std::vector<Interval> settled_among(const std::vector<Interval>& keys);
  // What `interval` has between them.
  std::vector<Interval> unsettled_in(const Interval& interval);
  // The pending chunk or tombstone of one key; nothing when it has neither.
  Sum known_of(std::uint64_t seq);

  // Settles as much of the interval as `chunks_max` allows; what was there. kHeld and kYes: the
  // chunks are kept. REQUIRES: the interval is explained.
  Sum settle(const Interval& interval, Settling kind, Keep keep, std::uint64_t chunks_max);
  // The collector has another chunk under this settled key.
  void replace(std::uint64_t seq, std::uint32_t crc, std::uint32_t standing);
  // The collector's sum of it is `interval.check`: nothing changes when it is not settled as a row
  // of its own.
  void adopt(const Interval& interval);
  // The collector has lost these settled keys: those whose chunks are kept are pending again, and
  // the others missing. As far as `chunks_max` chunks; what became of them.
  struct Lost {
    std::uint64_t returned_chunks = 0;
    std::uint64_t missing_keys = 0;
    bool unfinished = false;
  };
  Lost lose(const Interval& interval, std::uint64_t chunks_max);
  // Of `resolved`, what is settled as held: it was lost, and a gap has settled it since.
  std::vector<Interval> masked_by(const std::vector<Interval>& resolved);
  // It is settled as resolved now, and not kept. REQUIRES: settled as held.
  void resolve_lost(const Interval& interval);
  // Everything of a closed run's stream has been found in order up to `last`.
  void confirm(std::uint64_t first, std::uint64_t last);

 private:
  struct Dropped {
    Sum all;
    Sum undeclared;
  };
  // Whatever chunk is there of an unsettled key is pending, and of a settled one kept.
  Sum chunks_in(const Interval& interval);
  Sum pending_in(const Interval& interval);
  Dropped dropped_in(const Interval& interval);
  // Takes what `interval` has out of both tables; all that was there.
  Sum remove(const Interval& interval, Settling kind, Keep keep);
  void add_settled(Interval interval, Settling kind);
  // They stay, and are not to be sent any more; or are to be sent again.
  void take_from_lanes(const Interval& interval);
  void put_into_lanes(const Interval& interval);
  // Of what is in the interval and not missing.
  Sum known_in(const Interval& interval);
  // What is missing, and declared. `check` is what nobody here knows of the interval's sum.
  std::uint64_t settle_missing(const Interval& interval, Settling kind, std::uint64_t check);
  // Cuts it out of the rows of `settled`. Of what they have left and right only the chunks that are
  // kept are known one by one; unless those are all of a side, its sum is not.
  void unsettle(const Interval& interval);
  std::vector<std::uint64_t> kept_in(const Interval& interval, std::uint64_t chunks_max);

  Transaction& transaction_;
  KnownRun known_run_;
  Stream of_;
  std::int64_t run_;
  std::int64_t stream_;
};

}  // namespace sluice::storage
