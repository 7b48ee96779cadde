#pragma once
// What really happened in the runs that the buffer still knows: which channels were recorded and
// how, and which alerts were active when. From the event records. Reads through a connection of its
// own: any thread, one at a time.

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

#include "app/stored_sensor.hpp"
#include "core/alert.hpp"
#include "core/chunk.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/reader.hpp"

namespace sluice::app {

// An alert from the step that raised it to the one that cleared it.
struct AlertSpan {
  std::string alert;
  WallTime raised;
  std::optional<WallTime> cleared;  // nothing: active until the end of the run, or of what is known
  WallTime end;                     // when it was cleared, or what is known of the run ends
  double value = 0.0;               // of the reading that raised it
  Severity severity = Severity::kWarning;  // as it was raised
};

// Puts steps together to spans. The steps of one run, in their order.
class AlertSpans {
 public:
  // What is cleared without having been raised was active since `begin`, that of the run.
  explicit AlertSpans(WallTime begin) : begin_(begin) {}

  void add(const std::string& alert, const AlertEvent& event, WallTime time);
  // Those that are active still end at `end`. Ascending in the time they were raised.
  std::vector<AlertSpan> finish(WallTime end);

 private:
  WallTime begin_;
  std::map<std::string, AlertSpan> active_;
  std::vector<AlertSpan> over_;
};

struct RecordedChannel {
  ChannelId id{};
  Duration period{};
  // Nothing where the events are gone that said so.
  std::optional<std::string> unit;
  std::vector<CalibrationSince> calibrations;
};

struct RecordedRun {
  RunId run;
  std::vector<ClockRecord> clocks;  // one at least
  Instant begin;                    // its first event that is still known
  Instant end = Instant::max();     // where it said goodbye
  // By name. Of a channel whose unit was changed there are several.
  std::map<std::string, std::vector<RecordedChannel>> channels;
  std::vector<AlertSpan> alerts;        // that were active in the span that was asked for
  std::uint64_t unnamed_steps = 0;      // of alerts whose declarations are gone
  std::set<std::string> config_hashes;  // of the configurations it ran under
};

struct RecordedRuns {
  std::vector<RecordedRun> runs;  // oldest first, by their clocks
  std::uint64_t without_clock = 0;
  std::uint64_t unreadable = 0;  // chunks of events
};

// The runs in which one of `channels` was read and of which something may be in the span.
Result<RecordedRuns> recorded_runs(storage::Reader& reader, std::span<const std::string> channels,
                                   WallTime from, WallTime to);

}  // namespace sluice::app
