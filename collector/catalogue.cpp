#include "collector/catalogue.hpp"

#include <optional>
#include <span>

namespace sluice::collector {

using storage::Row;

Result<std::int64_t> Catalogue::run_row(std::string_view gateway, const RunId& run) {
  const Result<std::optional<std::int64_t>> row = connection_.integer(
      "SELECT run.id FROM run JOIN gateway ON gateway.id = run.gateway "
      "WHERE gateway.name = ? AND run.run = ?",
      {gateway, std::as_bytes(std::span(run.bytes))});
  if (!row) return row.error();
  return row->value_or(0);
}

Result<Catalogue::Channel> Catalogue::channel(std::int64_t run_row, ChannelId channel) {
  // The value of an alert over other alerts is how many of them are active.
  if (channel == kNoChannel) return Channel{"alerts", ""};
  look_at(run_row);
  if (const auto known = channels_.find(channel); known != channels_.end()) return known->second;
  std::optional<Channel> found;
  const Result<> read =
      connection_.for_each("SELECT name, unit FROM channel WHERE run = ? AND channel = ?",
                           {run_row, std::int64_t{index_of(channel)}}, [&found](const Row& row) {
                             found = Channel{std::string(row.text(0)), std::string(row.text(1))};
                             return false;
                           });
  if (!read) return read.error();
  if (!found) return Channel{"channel " + std::to_string(index_of(channel)), ""};
  channels_.emplace(channel, *found);
  return *found;
}

Result<std::string> Catalogue::alert(std::int64_t run_row, AlertId alert) {
  look_at(run_row);
  if (const auto known = alerts_.find(alert); known != alerts_.end()) return known->second;
  std::optional<std::string> found;
  const Result<> read =
      connection_.for_each("SELECT name FROM alert WHERE run = ? AND alert = ?",
                           {run_row, std::int64_t{index_of(alert)}}, [&found](const Row& row) {
                             found = std::string(row.text(0));
                             return false;
                           });
  if (!read) return read.error();
  if (!found) return "alert " + std::to_string(index_of(alert));
  alerts_.emplace(alert, *found);
  return *found;
}

Result<ClockMap> Catalogue::clock(std::int64_t run_row) {
  ClockMap map;
  const Result<> read = connection_.for_each(
      "SELECT time_ns, wall_ns, synchronised FROM clock WHERE run = ? ORDER BY time_ns", {run_row},
      [&map](const Row& row) {
        ClockRecord record;
        record.time = instant_from_ns(row.integer(0));
        record.wall = wall_time_from_ns(row.integer(1));
        record.synchronised = row.integer(2) != 0;
        map.add(record);
        return true;
      });
  if (!read) return read.error();
  return map;
}

void Catalogue::look_at(std::int64_t run_row) {
  if (run_row_ == run_row) return;
  run_row_ = run_row;
  channels_.clear();
  alerts_.clear();
}

}  // namespace sluice::collector
