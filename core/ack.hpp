#pragma once
// The collector's acknowledgement: which chunks of one (run, stream) its own commit has settled.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/chunk.hpp"
#include "core/interval_set.hpp"

namespace sluice {

// A chunk that arrived and is not stored, because its key had been settled otherwise: by a chunk of
// other bytes, or by a gap record.
struct Refusal {
  std::uint64_t seq = 0;
  std::uint32_t crc = 0;                  // of the chunk that arrived
  std::optional<std::uint32_t> standing;  // of the one that is held; nothing: a gap record
  bool operator==(const Refusal&) const = default;
};

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
  // What has just been refused. No part of the snapshot: said once for each arrival.
  std::vector<Refusal> refusals = {};
};

}  // namespace sluice
