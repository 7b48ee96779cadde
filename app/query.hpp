#pragma once
// What the buffer has of one channel between two wall times, as readings or as summaries of
// windows: from chunks and hot tail together, over all runs and boots. Reads through a connection
// of its own, while a gateway runs or not. What has been delivered is found as long as it is kept.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "core/quantile_sketch.hpp"
#include "core/reading.hpp"
#include "core/result.hpp"
#include "core/summary.hpp"
#include "core/time.hpp"
#include "storage/reader.hpp"

namespace sluice::app {

struct QuerySpan {
  std::string channel;
  WallTime from;  // included
  WallTime to;    // not included
};

struct QueryReading {
  WallTime time;
  double value = 0.0;
  Quality quality = Quality::kMissing;
};

struct QueryWindow {
  WallTime end;
  Summary summary;
  QuantileSketch quantiles;
};

struct QueryTotals {
  std::uint64_t readings = 0;
  std::uint64_t runs_without_clock = 0;  // of which nobody knows what time it was: left out
  std::uint64_t unreadable = 0;          // chunks and frames
};

// `sink` gets the readings run by run, within a run by the start of their chunks; it returns false
// to stop. kNotFound when no run knows the channel.
Result<QueryTotals> query_readings(storage::Reader& reader, const QuerySpan& span,
                                   const std::function<bool(const QueryReading&)>& sink);

// Most windows in one answer.
inline constexpr std::size_t kQueryWindowsMax = 100'000;

// By their begins; those without a reading are left out. Windows begin at multiples of their length
// since 1970, and those of a day at midnight of the place, so that days may have 23 or 25 hours.
// kRefused when there are more than kQueryWindowsMax. REQUIRES: 0 < window <= 24 h.
struct QueryWindows {
  std::map<WallTime, QueryWindow> windows;
  QueryTotals totals;
};
Result<QueryWindows> query_windows(storage::Reader& reader, const QuerySpan& span, Duration window);

}  // namespace sluice::app
