#pragma once
// What a Store is made of, for storage/store*.cpp alone: the lock, the connection, and what is
// known of the database in memory, which changes only once a transaction is durable.

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/time.hpp"
#include "storage/lock_file.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"
#include "storage/watermark.hpp"

namespace sluice::storage {

// Readings in the hot tails: of the current run, and of earlier ones until they are recovered.
struct HotReadings {
  std::uint64_t current = 0;
  std::uint64_t earlier = 0;
};

struct Store::Impl {
  LockFile lock;  // first in, last out
  Options options;
  std::string boot;
  Instant started;
  WatermarkFile watermark;
  Connection connection{};
  KnownRun run{};
  Totals totals{};
  HotReadings hot{};
  Watermark mark{};              // exact, but for the position: of when it was last written
  std::uint64_t marked = 0;      // commit of the one that is in the file
  std::uint64_t undeclared = 0;  // rows that are missing
  bool committing = false;       // a commit has failed that may be durable all the same
  bool failed = false;

  Result<> connect();
  Result<> reconnect();
  // Makes the run durable, and notes what those before it had got and is not there.
  enum class Attempt : std::uint8_t { kFirst, kSecond };
  Result<> begin_run(const RunId& id, Attempt attempt);
  Result<Reopened> resume_run();
  // Commits, and only then takes over what has changed in memory.
  Result<> conclude(Transaction& transaction, const HotReadings& hot_now, Watermark next);
  Result<> conclude(Transaction& transaction) { return conclude(transaction, hot, mark); }
  // The transaction fails when there is no such run.
  static std::optional<KnownRun> known_run_of(Transaction& transaction, const Drop& drop);
  Result<> drop(Transaction& transaction, std::span<const Drop> drops);
  Result<> end_reading(Transaction& transaction);
  void take_note(const Error& error);
  void write_mark();
  void give_back_pages(Transaction& transaction);
};

}  // namespace sluice::storage
