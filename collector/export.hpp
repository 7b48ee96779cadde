#pragma once
// Readings out of the collector's database, as lines of text. Reads page by page, so that a running
// collector is not held up.

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "collector/line.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/sqlite.hpp"

namespace sluice::collector {

struct ExportQuery {
  std::string gateway;  // empty: all
  std::string channel;  // empty: all
  // Both ends included. With either, readings whose wall time is not known are left out.
  std::optional<WallTime> from;
  std::optional<WallTime> to;
  Format format = Format::kCsv;
};

struct ExportTotals {
  std::uint64_t readings = 0;
  std::uint64_t unreadable_chunks = 0;
};

// Ordered by run, within a run by the start of their chunks, within a chunk by time. `write` gets
// one or more whole lines and returns false to stop.
Result<ExportTotals> export_readings(storage::Connection& connection, const ExportQuery& query,
                                     const std::function<bool(std::string_view)>& write);

}  // namespace sluice::collector
