#include "collector/summary.hpp"

#include <array>
#include <cstdio>
#include <span>

#include "collector/catalogue.hpp"
#include "core/event.hpp"

namespace sluice::collector {
namespace {

using storage::Row;
using storage::to_unsigned;

class Counter {
 public:
  explicit Counter(storage::Connection& connection)
      : connection_(connection), catalogue_(connection) {}

  Result<Summary> count();

 private:
  Result<> add_runs(std::int64_t gateway_row, GatewaySummary& gateway);
  Result<> add_streams(std::int64_t run_row, RunSummary& run);
  Result<> add_gaps(std::int64_t run_row, RunSummary& run);
  Result<> add_drivers(std::int64_t run_row, RunSummary& run);

  storage::Connection& connection_;
  Catalogue catalogue_;
};

Result<Summary> Counter::count() {
  Summary summary;
  std::vector<std::int64_t> rows;
  const Result<> read = connection_.for_each(
      "SELECT id, name, online, version, seen_wall_ns FROM gateway ORDER BY name", {},
      [&](const Row& row) {
        rows.push_back(row.integer(0));
        summary.gateways.push_back({std::string(row.text(1)),
                                    row.integer(2) != 0,
                                    std::string(row.text(3)),
                                    wall_time_from_ns(row.integer(4)),
                                    {}});
        return true;
      });
  if (!read) return read.error();
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (const Result<> added = add_runs(rows[i], summary.gateways[i]); !added) {
      return added.error();
    }
    for (const RunSummary& run : summary.gateways[i].runs) {
      summary.readings_held += run.readings_held;
      summary.readings_missing += run.readings_missing;
      for (const StreamSummary& stream : run.streams) {
        summary.duplicates += stream.duplicates;
        summary.conflicts += stream.conflicts;
      }
    }
  }
  return summary;
}

Result<> Counter::add_runs(std::int64_t gateway_row, GatewaySummary& gateway) {
  std::vector<std::int64_t> rows;
  Result<> outcome = connection_.for_each(
      "SELECT id, lower(hex(run)), ended_ns, produced, safe_mode FROM run WHERE gateway = ? "
      "ORDER BY id",
      {gateway_row}, [&](const Row& row) {
        rows.push_back(row.integer(0));
        RunSummary& run = gateway.runs.emplace_back();
        run.run = row.text(1);
        run.ended = !row.is_null(2);
        if (!row.is_null(3)) run.produced = to_unsigned(row.integer(3));
        run.safe_mode = row.text(4);
        return true;
      });
  for (std::size_t i = 0; i < rows.size() && outcome; ++i) {
    outcome = add_streams(rows[i], gateway.runs[i]);
    if (outcome) outcome = add_gaps(rows[i], gateway.runs[i]);
    if (outcome) outcome = add_drivers(rows[i], gateway.runs[i]);
  }
  return outcome;
}

Result<> Counter::add_streams(std::int64_t run_row, RunSummary& run) {
  const Result<ClockMap> clock = catalogue_.clock(run_row);
  if (!clock) return clock.error();
  return connection_.for_each(
      "SELECT stream, chunks, records, duplicates, conflicts, unreadable, last_ns FROM stream "
      "WHERE run = ? ORDER BY stream",
      {run_row}, [&](const Row& row) {
        StreamSummary& stream = run.streams.emplace_back();
        stream.stream = static_cast<Stream>(row.integer(0));
        stream.chunks = to_unsigned(row.integer(1));
        stream.records = to_unsigned(row.integer(2));
        stream.duplicates = to_unsigned(row.integer(3));
        stream.conflicts = to_unsigned(row.integer(4));
        stream.unreadable = to_unsigned(row.integer(5));
        if (!row.is_null(6)) {
          stream.last = instant_from_ns(row.integer(6));
          stream.last_wall = clock->at(*stream.last);
        }
        if (stream.stream == Stream::kRaw) run.readings_held = stream.records;
        return true;
      });
}

Result<> Counter::add_gaps(std::int64_t run_row, RunSummary& run) {
  return connection_.for_each(
      "SELECT sum(reason <> ?3), sum(missing), sum(reason <> ?3 AND readings = 0),"
      " (SELECT count(*) FROM gap WHERE run = ?1 AND reason = ?3)"
      " FROM gap WHERE run = ?1 AND stream = ?2",
      {run_row, static_cast<std::int64_t>(Stream::kRaw),
       static_cast<std::int64_t>(GapReason::kClosed)},
      [&run](const Row& row) {
        run.gaps = to_unsigned(row.integer(0));
        run.readings_missing = to_unsigned(row.integer(1));
        run.gaps_of_unknown_size = to_unsigned(row.integer(2));
        run.closed = row.integer(3) > 0;
        return true;
      });
}

// A run that has ended has no drivers any more.
Result<> Counter::add_drivers(std::int64_t run_row, RunSummary& run) {
  if (run.ended) return Ok{};
  const Result<ClockMap> clock = catalogue_.clock(run_row);
  if (!clock) return clock.error();
  return connection_.for_each(
      "SELECT e.channel, e.state, e.reason, e.time_ns, c.name FROM driver_event e "
      "LEFT JOIN channel c ON c.run = e.run AND c.channel = e.channel "
      "WHERE e.run = ? AND e.state <> 0 AND e.id = (SELECT id FROM driver_event n WHERE "
      "n.run = e.run AND n.channel = e.channel ORDER BY n.time_ns DESC, n.id DESC LIMIT 1) "
      "ORDER BY e.channel",
      {run_row}, [&](const Row& row) {
        DriverSummary& driver = run.drivers.emplace_back();
        driver.channel =
            row.is_null(4) ? "channel " + std::to_string(row.integer(0)) : std::string(row.text(4));
        driver.state = static_cast<DriverState>(row.integer(1));
        driver.reason = row.text(2);
        driver.since = clock->at(instant_from_ns(row.integer(3)));
        return run.drivers.size() < kDriversShownMax;
      });
}

}  // namespace

Result<Summary> summarise(storage::Connection& connection) {
  // A transaction that only reads: the counts belong together.
  if (const Result<> begun = connection.run("BEGIN"); !begun) return begun.error();
  Result<Summary> summary = Counter(connection).count();
  if (const Result<> ended = connection.run("COMMIT"); !ended) return ended.error();
  return summary;
}

}  // namespace sluice::collector
