#pragma once
// What the operator says about the buffer, and how the quota is divided for it.

#include <cstdint>
#include <string>

namespace sluice::storage {

struct Options {
  std::string path;                                  // of the database; its folder must exist
  std::uint64_t quota_bytes = 256ULL * 1024 * 1024;  // database, WAL, reserve and what is set aside
  std::uint64_t free_floor_bytes = 32ULL * 1024 * 1024;  // left to other programs on the disk
  // Most that the frame and the chunks of a commit have; the WAL's share of the quota follows it.
  std::uint64_t commit_bytes_max = 600'000;
  // What to do with a database that is there. One that may be why the program crashes is set aside,
  // and neither it nor another one is salvaged in this run; or it is used, and nothing salvaged.
  enum class Earlier { kUse, kLeave, kSetAside };
  Earlier earlier = Earlier::kUse;
  bool operator==(const Options&) const = default;
};

// The log is recycled from here on: larger writes no less, smaller writes the same pages more
// often. What grew beyond twice as much is cut.
inline constexpr std::uint64_t kCheckpointBytes = 256 * 1024;

// What a transaction adds to the log at most: chunks and frames with `bytes` in all.
constexpr std::uint64_t log_bytes_of(std::uint64_t chunks, std::uint64_t bytes) {
  // Beside its bytes a chunk has its header, and an entry in each of three indices.
  const std::uint64_t rows = chunks * 200 + bytes;
  // Pages are not quite full and have a header in the log; some are written in any case, such as
  // the counters and the inner pages of the tables.
  return 64 * 1024 + rows + rows / 8;
}

// The log may have a quarter of the quota; the smallest quota of which that holds the largest
// commit.
constexpr std::uint64_t quota_bytes_least(std::uint64_t commit_bytes_max) {
  return 4 * (kCheckpointBytes + log_bytes_of(0, commit_bytes_max));
}

}  // namespace sluice::storage
