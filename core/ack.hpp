#pragma once
// The collector's acknowledgement: which chunks of one (run, stream) its own commit has settled.

#include <cstddef>
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

// Most intervals of each kind, and refusals, in one acknowledgement.
inline constexpr std::size_t kAckIntervalsMax = 1'024;

// That an acknowledgement answers the question of that number, and speaks of its keys up to `last`.
struct Answer {
  std::uint64_t number = 0;
  std::uint64_t last = 0;
  bool operator==(const Answer&) const = default;
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
  // Then its intervals end where the question said (core/question.hpp).
  std::optional<Answer> answer = {};
};

}  // namespace sluice
