#include "storage/rollup_table.hpp"

#include <algorithm>
#include <cstdint>
#include <span>
#include <string_view>
#include <utility>

namespace sluice::storage {
namespace {

std::span<const std::byte> bytes_of(const RunId& run) {
  return std::as_bytes(std::span(run.bytes));
}

RollupCursor cursor_of(Transaction& transaction, std::int64_t run, ChannelId channel) {
  RollupCursor cursor;
  transaction.for_each(
      "SELECT upto_ns, revision, aligned FROM rollup WHERE run = ? AND channel = ?",
      {run, std::int64_t{index_of(channel)}}, [&](const Row& row) {
        cursor = {instant_from_ns(row.integer(0)), static_cast<std::uint32_t>(row.integer(1)),
                  row.integer(2) != 0};
        return false;
      });
  return cursor;
}

}  // namespace

std::optional<KnownRun> move_cursor(Transaction& transaction, const RolledUp& part) {
  std::optional<KnownRun> run;
  transaction.for_each("SELECT id FROM run WHERE run = ? AND closing_run IS NULL",
                       {bytes_of(part.run)}, [&](const Row& row) {
                         run = KnownRun{row.integer(0), part.run};
                         return false;
                       });
  if (!run || cursor_of(transaction, run->row, part.channel) != part.before) return std::nullopt;
  transaction.run("INSERT OR REPLACE INTO rollup VALUES (?, ?, ?, ?, ?)",
                  {run->row, std::int64_t{index_of(part.channel)}, to_ns(part.after.upto),
                   std::int64_t{part.after.revision}, std::int64_t{part.after.aligned ? 1 : 0}});
  return run;
}

Result<RollupRuns> rollup_runs(Connection& connection) {
  RollupRuns all;
  Result<> read = connection.for_each(
      "SELECT run.run, state, last_durable_ns,"
      " (SELECT last_ns FROM frame WHERE frame.run = run.id ORDER BY frame.id DESC LIMIT 1),"
      " (SELECT dropped = 0 AND delivered = kept FROM stream"
      "  WHERE stream.run = run.id AND stream = 2)"
      " FROM run WHERE closing_run IS NULL ORDER BY run.id",
      {}, [&](const Row& row) {
        RollupRun run;
        run.run = run_id_of(row.blob(0));
        run.over = row.integer(1) != 0 && row.is_null(3);
        const std::int64_t in_chunks = row.integer(2);
        run.durable_upto =
            instant_from_ns(row.is_null(3) ? in_chunks : std::max(in_chunks, row.integer(3)));
        run.complete = row.is_null(4) || row.integer(4) != 0;
        all.runs.push_back(run);
        return true;
      });
  if (!read.ok()) return read.error();
  const Result<std::optional<std::int64_t>> clocks =
      connection.integer("SELECT count(*) FROM clock");
  if (!clocks.ok()) return clocks.error();
  all.clocks = to_unsigned(clocks->value_or(0));
  return all;
}

Result<std::vector<ClockRecord>> clocks_of_boot(Connection& connection, const std::string& boot) {
  std::vector<ClockRecord> clocks;
  Result<> read = connection.for_each(
      "SELECT time_ns, wall_ns FROM clock JOIN run ON run.id = clock.run"
      " WHERE boot = ? AND boot <> '' ORDER BY time_ns",
      {std::string_view(boot)}, [&](const Row& row) {
        clocks.push_back(
            {instant_from_ns(row.integer(0)), wall_time_from_ns(row.integer(1)), {}, true});
        return true;
      });
  if (!read.ok()) return read.error();
  return clocks;
}

Result<RollupChannels> rollup_channels(Connection& connection, const RunId& run) {
  RollupChannels all;
  std::string boot;
  bool has_rollups = false;
  // Before the cursors are read: those of chunks that come in between are there already.
  Result<> read = connection.for_each(
      "SELECT boot, (SELECT last_seq FROM stream WHERE stream.run = run.id AND stream = 1)"
      " FROM run WHERE run = ?",
      {bytes_of(run)}, [&](const Row& row) {
        boot = row.text(0);
        has_rollups = !row.is_null(1) && row.integer(1) > 0;
        return false;
      });
  if (!read.ok()) return read.error();
  bool has_cursor = false;
  read = connection.for_each(
      "SELECT channel.channel, name, period_ns, upto_ns, revision, aligned FROM run"
      " JOIN channel ON channel.run = run.id"
      " LEFT JOIN rollup ON rollup.run = run.id AND rollup.channel = channel.channel"
      " WHERE run.run = ? ORDER BY channel.channel",
      {bytes_of(run)}, [&](const Row& row) {
        RollupChannel channel{ChannelId{static_cast<std::uint16_t>(row.integer(0))},
                              std::string(row.text(1)), Duration(row.integer(2)), RollupCursor{}};
        if (!row.is_null(3)) {
          has_cursor = true;
          channel.cursor = {instant_from_ns(row.integer(3)),
                            static_cast<std::uint32_t>(row.integer(4)), row.integer(5) != 0};
        }
        all.channels.push_back(std::move(channel));
        return true;
      });
  if (!read.ok()) return read.error();
  all.cursors_lost = has_rollups && !has_cursor;
  Result<std::vector<ClockRecord>> clocks = clocks_of_boot(connection, boot);
  if (!clocks.ok()) return clocks.error();
  all.clocks = std::move(*clocks);
  return all;
}

}  // namespace sluice::storage
