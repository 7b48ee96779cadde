#pragma once
// How far a run had got, in a small file beside the database. A flush that lied, a log that was
// deleted or an older copy of the database take commits away without a trace inside the database;
// this is the trace outside.

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::storage {

struct Watermark {
  RunId run;
  std::uint64_t commit = 0;                            // number of the last one that was durable
  std::uint64_t sealed_commit = 0;                     // of the last one that sealed the hot tail
  std::array<std::uint64_t, kStreamCount> last_seq{};  // keys given
  std::uint64_t readings = 0;                          // ever stored
  Instant last_durable;                                // latest stamp of one
  std::uint64_t position = 0;  // last given to a chunk, over all runs and streams
  bool operator==(const Watermark&) const = default;
};

// Two slots, written in turn, each with its checksum: a torn write costs the newer one at most.
// Single-threaded; the file is open only while it is read or written.
class WatermarkFile {
 public:
  explicit WatermarkFile(std::string path) : path_(std::move(path)) {}

  // Those that are whole, newest first; none when there is no file.
  std::vector<Watermark> read();
  // Durable when it succeeds.
  Result<> write(const Watermark& mark);

 private:
  std::string path_;
  std::uint64_t generation_ = 0;  // of the newest slot
};

}  // namespace sluice::storage
