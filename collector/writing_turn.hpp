#pragma once
// Whose turn it is to write the database that several collectors share. Held for one transaction,
// the checkpoint that may follow it included: SQLite 3.7.0 to 3.51.2 can damage a database in WAL
// mode when one connection commits while another checkpoints, and its own locks allow that. The
// lock is on a file beside the database, which stays; the kernel takes it back when a process dies.

#include <chrono>
#include <string>
#include <utility>

#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::collector {

class WritingTurn {
 public:
  // Waits for it, `longest` at most. kTimeout when another has it for all that time, kUnavailable
  // when the file cannot be made or locked.
  static Result<WritingTurn> take(const std::string& database, Duration longest);
  WritingTurn(WritingTurn&& other) noexcept;
  WritingTurn& operator=(WritingTurn&& other) noexcept;
  ~WritingTurn();

 private:
  explicit WritingTurn(int file) : file_(file) {}
  int file_;  // -1 when moved from
};

// The turns of one collector, and how long it waits for each.
class WritingTurns {
 public:
  // Many times what a transaction takes on a slow disk, and little against a keep-alive, which
  // waits meanwhile.
  static constexpr Duration kPatience = std::chrono::seconds(2);
  // At most this once it has waited in vain, until it gets its turn again: there are more messages
  // in the queue, and each would wait as long.
  static constexpr Duration kPatienceLost = std::chrono::milliseconds(20);

  WritingTurns(std::string database, Duration patience)
      : database_(std::move(database)), patience_(patience) {}
  // As WritingTurn::take().
  Result<WritingTurn> take();
  // Of the next take().
  Duration patience() const;

 private:
  std::string database_;
  Duration patience_;
  bool waited_in_vain_ = false;
};

}  // namespace sluice::collector
