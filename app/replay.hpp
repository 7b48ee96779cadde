#pragma once
// What-if: stored readings through the real loop under another configuration. The loop, its plan,
// pipelines, rules and derived channels are those of the gateway; only the sensors are the buffer
// and time is that of the readings. Reads through a connection of its own, while a gateway runs or
// not; switches nothing. One thread.

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "app/recorded_runs.hpp"
#include "app/replay_config.hpp"
#include "app/replay_volume.hpp"
#include "config/config.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/reader.hpp"

namespace sluice::app {

struct ReplaySpan {
  WallTime from;  // included
  WallTime to;    // not included
  // Readings from so long before are run through the rules too, so that these know what they would
  // have known; what comes of it is not counted.
  Duration warm_up{};
  bool volumes = true;  // encode what would have been sent, which costs more than the rules do
};

struct ReplayOutcome {
  std::vector<std::vector<AlertSpan>> alerts;           // by run, as in the recorded ones
  std::array<std::uint64_t, kQualityCount> readings{};  // that would have been recorded
  std::uint64_t alert_steps = 0;
  Volumes volumes{};
  std::uint64_t runs = 0;        // of which something was read
  std::uint64_t records = 0;     // that were read from the buffer, for warming up too
  std::uint64_t unreadable = 0;  // chunks and frames
};

// Each run of the gateway begins anew, as it did then. kUnavailable when the buffer cannot be read.
// REQUIRES: `config` of these `runs`.
Result<ReplayOutcome> replay(storage::Reader& reader, const RecordedRuns& runs,
                             const ReplayConfig& config, const ReplaySpan& span);

// What is recorded of the same time: quality of the readings, bytes of their chunks. Of a chunk
// that lies partly in it the same part of its bytes.
struct RecordedVolume {
  std::array<std::uint64_t, kQualityCount> readings{};
  std::uint64_t chunk_bytes = 0;
  std::uint64_t in_hot_tail = 0;  // readings that are in no chunk yet
};
Result<RecordedVolume> recorded_volume(storage::Reader& reader, const RecordedRuns& runs,
                                       WallTime from, WallTime to);

// One alert in two histories, `before` and `after`: spans that overlap are one and the same alarm.
struct AlertDifference {
  std::uint64_t before = 0;
  std::uint64_t after = 0;
  std::uint64_t both = 0;  // spans of `after` that overlap one of `before`
  std::vector<AlertSpan> only_before;
  std::vector<AlertSpan> only_after;
};
// By the name of the alert. REQUIRES: as many runs in both.
std::map<std::string, AlertDifference> differences(
    const std::vector<std::vector<AlertSpan>>& before,
    const std::vector<std::vector<AlertSpan>>& after);

}  // namespace sluice::app
