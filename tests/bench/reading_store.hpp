#pragma once
// Two ways to keep readings on a disk, driven alike: the gateway's own, and what is usual, a row
// per reading in SQLite. Each call to add_second() ends in one durable commit.

#include <cstddef>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/reading.hpp"
#include "core/time.hpp"
#include "tests/bench/recording.hpp"

namespace sluice::bench {

struct Drained {
  std::size_t readings = 0;
  double processor_ns = 0.0;  // on this side of the line
};

class ReadingStore {
 public:
  virtual ~ReadingStore() = default;

  // Every reading is taken, or the program ends. REQUIRES: all are from before `now`.
  virtual void add_second(std::span<const Reading> readings, Instant now) = 0;
  // Everything is put in its final place and the database closed. Nothing may be called after but
  // bytes().
  virtual void finish(Instant now) = 0;
  // That the store has put into its write-ahead log; 0 where it does not count them.
  virtual std::uint64_t log_bytes() const { return 0; }
  // Hands all readings over as the uplink would, in messages of at most 64 KiB or in 1,000 rows,
  // and removes each when it is acknowledged.
  virtual Drained drain(Instant now) = 0;
  // What a query needs besides: a connection of its own, or an index.
  virtual void prepare_queries() = 0;
  // Reads all of one channel from `from` on and before `to`, and says how many. REQUIRES:
  // prepare_queries() was called.
  virtual std::size_t query(ChannelId channel, Instant from, Instant to) = 0;
  // Of the database; all of it once finish() has been called.
  virtual std::size_t bytes() const = 0;
};

struct StoreOptions {
  std::string folder;
  std::vector<DeclaredChannel> channels;
  bool link_up = false;
  bool seals_at_once = false;  // of the gateway: commits only what it seals, to be filled faster
};

// The database is `folder`/sluice.db. Everything runs as in the gateway, but on a given clock.
std::unique_ptr<ReadingStore> gateway_store(const StoreOptions& options, Instant now);
// `folder`/rows.db, one table (time, channel, value, quality), write-ahead log, synchronous = FULL.
std::unique_ptr<ReadingStore> row_store(const StoreOptions& options, Instant now);

}  // namespace sluice::bench
