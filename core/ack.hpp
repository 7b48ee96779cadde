#pragma once
// The collector's acknowledgement: which chunks of one (run, stream) its own commit has settled.

#include <vector>

#include "core/chunk.hpp"
#include "core/interval_set.hpp"

namespace sluice {

// A snapshot, not a difference: it may come twice, late or out of order, and only ever says what is
// true of the collector at that time.
struct Ack {
  RunId run;
  Stream stream = Stream::kRaw;
  // Chunks in the collector's store, with the sum of their checksums: only someone who has seen the
  // chunks can know it.
  std::vector<Interval> held;
  // Keys that a gap record settled at the collector; check is 0.
  std::vector<Interval> resolved;
};

}  // namespace sluice
