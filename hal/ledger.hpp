#pragma once
// What a simulated sensor handed out, kept in a memory-mapped file: plain stores on the real-time
// path, and a SIGKILL of the process loses none of them. For tests that hold the far end of the
// gateway against what was produced. Not for power cuts: the kernel writes the pages when it likes.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::hal {

// As it lies in the file, in the machine's byte order. A record whose tick is 0 is still empty.
struct LedgerRecord {
  std::int64_t tick_ns = 0;
  double value = 0.0;
  std::uint64_t quality = 0;
};
static_assert(sizeof(LedgerRecord) == 24);

// Most records of one ledger: 960 MB, which a 32-bit address space can still map.
inline constexpr std::uint64_t kLedgerRecordsMax = 40'000'000;

class Ledger {
 public:
  // Makes the file, takes its whole space on disk and maps it; an existing one is continued after
  // its last record. kInvalid unless 1 <= records <= kLedgerRecordsMax, kUnavailable when the disk
  // does not give the space.
  static Result<Ledger> open(const std::string& path, std::uint64_t records);

  // Real-time thread. REQUIRES: tick > 0 ns. Another ledger may have been at work on the same file
  // in between, but not at the same time.
  void append(Instant tick, Sample sample) noexcept;

  // Samples that found the ledger full.
  std::uint64_t dropped() const { return dropped_; }

 private:
  struct Unmap {
    std::size_t bytes = 0;
    void operator()(LedgerRecord* records) const;
  };
  using Mapping = std::unique_ptr<LedgerRecord, Unmap>;
  explicit Ledger(Mapping mapping);

  Mapping mapping_;
  std::span<LedgerRecord> free_;  // what is left of the mapping
  std::uint64_t dropped_ = 0;
};

// All records of the file at `path`, in the order they were handed out; a ledger in use may be
// read.
Result<std::vector<LedgerRecord>> read_ledger(const std::string& path);

}  // namespace sluice::hal
