#pragma once
// The spans around alerts of which the raw readings are promoted, and which chunks they concern.

#include <string>
#include <vector>

#include "core/chunk.hpp"
#include "core/time.hpp"
#include "storage/run_table.hpp"
#include "storage/sqlite.hpp"
#include "storage/store.hpp"

namespace sluice::storage {

// Joins spans of the same channel that meet. May come again.
void keep_recording(Transaction& transaction, const KnownRun& run, const Recording& recording);

std::vector<KeptRecording> all_recordings(Transaction& transaction);
// Those that end before `before`, and those of all boots but `boot`.
void forget_recordings(Transaction& transaction, const std::string& boot, Instant before);

// What is recorded of the channels of one run, as a transaction finds it.
class RecordedSpans {
 public:
  RecordedSpans(Transaction& transaction, const KnownRun& run);
  // Readings that reach into a span.
  bool concern(const SealedChunk& chunk) const;

 private:
  struct Span {
    std::int64_t channel = 0;  // number; kAllChannels: any
    Instant from;
    Instant to;
  };
  static constexpr std::int64_t kAllChannels = -1;
  std::vector<Span> spans_;
};

}  // namespace sluice::storage
