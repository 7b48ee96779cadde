#pragma once
// The file system below SQLite, with faults: it loses power at a chosen operation, and reads,
// writes and syncs fail when told to. While one lives, it is SQLite's default for the whole
// program; files outside its folder are passed through. It also sees every fsync() and fdatasync()
// of the program, so our own syncs of files and folders count like SQLite's. One thread; one at a
// time.
//
// What is visible stays in real files, with SQLite's own locks and shared memory around them; what
// is durable is kept by tests/storage/media.hpp.

#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <string>

#include "tests/storage/media.hpp"

namespace sluice::storage {

enum class Operation : std::uint8_t { kRead, kWrite, kTruncate, kSync };

// Operations are counted from 1: those that change something for power cuts, those of its own kind
// for failures.
struct PowerCut {
  std::uint64_t at = 0;
  Remains remains = Remains::kNothing;
  // Syncs among so many operations before the cut only said that they were done.
  std::uint64_t lies = 0;
  std::uint64_t seed = 1;
};

struct Failure {
  Operation operation = Operation::kWrite;
  std::uint64_t first = 1;
  std::uint64_t count = 1;  // so many in a row
  bool full = false;        // there is no space, instead of an I/O error
};
inline constexpr std::uint64_t kForEver = std::numeric_limits<std::uint64_t>::max();

class FaultyVfs {
 public:
  // `powersafe`: the device keeps what is beside a torn write, and says so.
  explicit FaultyVfs(const std::string& folder, bool powersafe = true);
  FaultyVfs(const FaultyVfs&) = delete;
  FaultyVfs& operator=(const FaultyVfs&) = delete;
  ~FaultyVfs();

  // Both count from now on.
  void cut(const PowerCut& cut);
  void fail(const Failure& failure);
  void work();  // no faults any more

  // Called before each operation; may stand for a stall.
  void on_operation(std::function<void(Operation)> hook);

  // What a power cut would leave now. Each seed gives another answer; nothing changes.
  Files left_by_cut(Remains remains, std::uint64_t seed);

  bool is_off() const;  // power is cut: nothing works
  // Power is back: the files are what was left of them. REQUIRES: none is open.
  void restart();

  // Operations that were made to fail, since the last fail().
  std::uint64_t failures() const;
  // Since construction.
  std::uint64_t syncs() const;
  std::uint64_t bytes_written() const;
  // Since the last cut(): operations that change something.
  std::uint64_t changes() const;
  // Syncs of a file through which a sync had failed before.
  std::uint64_t retried_syncs() const;

  struct Impl;

 private:
  std::unique_ptr<Impl> impl_;
};

}  // namespace sluice::storage
