#pragma once
// A short life of a buffer, call by call. Each call is one transaction of the store, or less, so
// that after a fault in it the database has to hold what it held before, or what it holds after.
// The one that makes room is two: what is delivered goes first.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "core/ack.hpp"
#include "core/result.hpp"
#include "storage/store.hpp"

namespace sluice::crash {

// Every row of every table, as text. Changes nothing. Empty when there is no database.
std::string content_of(const std::string& database);
// "ok", or what SQLite's own check has found.
std::string integrity_of(const std::string& database);
// What the database would hold without the chunks that are delivered and kept. Changes nothing.
std::string content_without_kept(const std::string& database);

// Mistakes planted on purpose, so that it is known that the checks can fail.
enum class PlantedBug : std::uint8_t {
  kNone,
  kFramesGoFirst,  // the hot tail is deleted in a transaction before the one with its chunks
};

class StoreLife {
 public:
  // In a folder that is empty. The same every time.
  explicit StoreLife(const std::string& folder, PlantedBug bug = PlantedBug::kNone);

  static std::size_t calls();
  // The number of the call that makes room.
  static constexpr std::size_t kMakesRoom = 11;
  // REQUIRES: the calls before it have been made.
  Result<> call(std::size_t number);
  // Opens the store anew if it has failed, as its owner has to.
  Result<> reopen();
  // Forgets the store without a goodbye.
  void stop() { store_.reset(); }
  // A start after a fault, as a run of its own.
  Result<> start_again();

  const std::string& database() const { return options_.path; }

 private:
  using Call = Result<> (*)(StoreLife&);
  static std::span<const Call> all_calls();

  Result<> open(std::uint8_t run);
  Result<> commit(const storage::Commit& commit, std::uint32_t tail);
  Result<> commit_frame(std::uint32_t count);
  Result<> commit_event();
  Result<> end_run();
  Result<> seal(std::size_t bytes);
  Result<> acknowledge(std::uint64_t first, std::uint64_t last);
  Result<> acknowledge_drop();
  Result<> settle(const Ack& ack);
  Result<> drop();
  Result<> declare();
  Result<> recover();

  PlantedBug bug_;
  storage::Options options_;
  std::optional<storage::Store> store_;
  std::uint32_t tail_ = 0;          // readings in frames
  std::uint32_t tail_next_ = 0;     // once the last commit is durable
  std::uint32_t earlier_tail_ = 0;  // of the run before
  storage::Drop dropped_;
};

}  // namespace sluice::crash
