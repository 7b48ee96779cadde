#include "app/query.hpp"

#include <optional>
#include <vector>

#include "app/history.hpp"
#include "app/wall_spans.hpp"
#include "core/check.hpp"
#include "hal/local_time.hpp"

namespace sluice::app {
namespace {

using std::chrono::hours;

// Read at a time, in a transaction of its own.
constexpr std::size_t kBytesAtATime = 256 * 1024;

bool is_good(Quality quality) {
  return quality == Quality::kGood || quality == Quality::kSuspectClock;
}

struct Bounds {
  WallTime begin;
  WallTime end;
};

Bounds bounds_of(WallTime time, Duration window) {
  if (window == hours(24)) return {hal::local_day_begin(time), hal::local_day_end(time)};
  const Duration since = time.time_since_epoch();
  Duration into = since % window;
  if (into < Duration::zero()) into += window;
  return {time - into, time - into + window};
}

// False when the sink wants no more.
Result<bool> read_run(storage::Reader& reader, const storage::ChannelRun& run,
                      const QuerySpan& span, const std::function<bool(const QueryReading&)>& sink,
                      QueryTotals& totals) {
  const std::optional<storage::Span> boot = boot_span(run.clocks, span.from, span.to);
  if (!boot) return true;
  // Its last stamp is included.
  const Instant to = boot->last == Instant::max() ? boot->last : boot->last + Duration(1);
  History history(reader, {run.run, Stream::kRaw, run.channel, boot->first, to});
  while (!history.done()) {
    const Result<std::vector<Reading>> readings = history.next(kBytesAtATime);
    if (!readings) return readings.error();
    for (const Reading& reading : *readings) {
      const WallTime time = wall_at(run.clocks, reading.time);
      // Where a clock was set the span of the boot has more in it than was asked for.
      if (time < span.from || time >= span.to) continue;
      ++totals.readings;
      if (!sink({time, reading.value, reading.quality})) return false;
    }
  }
  totals.unreadable += history.unreadable();
  return true;
}

}  // namespace

Result<QueryTotals> query_readings(storage::Reader& reader, const QuerySpan& span,
                                   const std::function<bool(const QueryReading&)>& sink) {
  const Result<std::vector<storage::ChannelRun>> runs = reader.runs_of(span.channel);
  if (!runs) return runs.error();
  if (runs->empty()) {
    return Error{ErrorCode::kNotFound, "nothing is stored of a channel \"" + span.channel + "\""};
  }
  QueryTotals totals;
  for (const storage::ChannelRun& run : *runs) {
    if (run.clocks.empty()) {
      ++totals.runs_without_clock;
      continue;
    }
    const Result<bool> more = read_run(reader, run, span, sink, totals);
    if (!more) return more.error();
    if (!*more) break;
  }
  return totals;
}

Result<QueryWindows> query_windows(storage::Reader& reader, const QuerySpan& span,
                                   Duration window) {
  CHECK(window > Duration::zero() && window <= hours(24));
  QueryWindows answer;
  Bounds bounds{};
  QueryWindow* current = nullptr;
  bool too_many = false;
  const auto add = [&](const QueryReading& reading) {
    if (current == nullptr || reading.time < bounds.begin || reading.time >= bounds.end) {
      bounds = bounds_of(reading.time, window);
      current = &answer.windows[bounds.begin];
      current->end = bounds.end;
      too_many = answer.windows.size() > kQueryWindowsMax;
    }
    current->summary.add(to_ns(reading.time), reading.value, reading.quality);
    if (is_good(reading.quality)) current->quantiles.add(reading.value);
    return !too_many;
  };
  Result<QueryTotals> totals = query_readings(reader, span, add);
  if (!totals) return totals.error();
  if (too_many) {
    return Error{ErrorCode::kRefused, "more than " + std::to_string(kQueryWindowsMax) +
                                          " windows: ask for longer ones, or for a shorter time"};
  }
  answer.totals = *totals;
  return answer;
}

}  // namespace sluice::app
