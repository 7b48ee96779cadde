#pragma once
// In which order pending chunks are sent: each is in one lane.

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "core/chunk.hpp"

namespace sluice {

// Numbers are permanent: the buffer stores some of them.
enum class Lane : std::uint8_t {
  kAlert = 0,  // events with an alert's step among them: exempt from every limit
  kEvent = 1,
  kRollup = 2,
  kRequested = 3,  // raw readings that somebody asked for, or from around an alert
  kRaw = 4,
  kRejected = 5,
  kBacklog = 6,  // raw readings from before the link came up; in the buffer they are kRaw
};
inline constexpr std::array kLanes{Lane::kAlert, Lane::kEvent,    Lane::kRollup, Lane::kRequested,
                                   Lane::kRaw,   Lane::kRejected, Lane::kBacklog};

// Of these, those before kBacklog are in the buffer.
inline constexpr std::size_t kStoredLanes = kLanes.size() - 1;

constexpr std::size_t index_of(Lane lane) {
  return static_cast<std::size_t>(lane);
}
// In configurations and in the status.
constexpr const char* name_of(Lane lane) {
  constexpr std::array kNames{"alert", "event",    "rollup", "requested",
                              "raw",   "rejected", "backlog"};
  return kNames[index_of(lane)];
}
// The stream whose chunks are in it.
constexpr Stream stream_of(Lane lane) {
  constexpr std::array kStreams{Stream::kEvent, Stream::kEvent,    Stream::kRollup, Stream::kRaw,
                                Stream::kRaw,   Stream::kRejected, Stream::kRaw};
  return kStreams[index_of(lane)];
}

// Its chunks are in it one by one, whatever else is in their stream.
constexpr bool is_promoted(Lane lane) {
  return lane == Lane::kAlert || lane == Lane::kRequested;
}

// Pending chunks of one lane: those stored behind `after`, up to and with `upto`.
struct LaneRange {
  Lane lane = Lane::kRaw;
  std::uint64_t after = 0;
  std::uint64_t upto = std::numeric_limits<std::int64_t>::max();
  bool newest_first = false;
};

}  // namespace sluice
