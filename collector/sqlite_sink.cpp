#include "collector/sqlite_sink.hpp"

#include <span>
#include <utility>

#include "collector/database.hpp"
#include "collector/intake.hpp"

namespace sluice::collector {

Result<SqliteSink> SqliteSink::open(const std::string& path) {
  Result<storage::Connection> connection = open_for_writing(path);
  if (!connection) return connection.error();
  return SqliteSink(path, std::move(*connection));
}

SqliteSink::SqliteSink(std::string path, storage::Connection connection)
    : path_(std::move(path)), connection_(std::move(connection)) {}

Result<> SqliteSink::connect() {
  if (connection_) return Ok{};
  Result<storage::Connection> connection = open_for_writing(path_);
  if (!connection) return connection.error();
  connection_ = std::move(*connection);
  return Ok{};
}

void SqliteSink::judge(const Result<>& outcome) {
  if (outcome || outcome.error().code == ErrorCode::kFull) return;
  connection_.reset();
}

Result<Receipt> SqliteSink::store(const Shipment& shipment, WallTime now) {
  if (const Result<> connected = connect(); !connected) return connected.error();
  Result<> outcome = Ok{};
  Receipt receipt;
  {
    storage::Transaction transaction(*connection_);
    receipt = Intake(transaction, shipment, now).take();
    outcome = transaction.commit();
  }
  judge(outcome);
  if (!outcome) return outcome.error();
  return receipt;
}

Result<Ack> SqliteSink::acknowledgement(std::string_view gateway, const RunId& run, Stream stream) {
  if (const Result<> connected = connect(); !connected) return connected.error();
  Result<> outcome = Ok{};
  std::int64_t row = 0;
  Ack ack{run, stream, {}, {}};
  {
    storage::Transaction transaction(*connection_);
    row = transaction.integer(
        "SELECT stream.id FROM stream JOIN run ON run.id = stream.run "
        "JOIN gateway ON gateway.id = run.gateway "
        "WHERE gateway.name = ? AND run.run = ? AND stream.stream = ?",
        {gateway, std::as_bytes(std::span(run.bytes)), static_cast<std::int64_t>(stream)});
    const SettledKeys keys = load_settled_keys(transaction, row);
    ack.held.assign(keys.held().intervals().begin(), keys.held().intervals().end());
    ack.resolved.assign(keys.resolved().intervals().begin(), keys.resolved().intervals().end());
    outcome = transaction.commit();
  }
  judge(outcome);
  if (!outcome) return outcome.error();
  if (row == 0) return Error{ErrorCode::kNotFound, "nothing of that stream has arrived"};
  return ack;
}

Result<> SqliteSink::note_hello(std::string_view gateway, const uplink::Hello& hello,
                                WallTime now) {
  if (const Result<> connected = connect(); !connected) return connected.error();
  Result<> outcome = connection_->run(
      "INSERT INTO gateway (name, run, version, config_hash, seen_wall_ns) VALUES (?, ?, ?, ?, ?) "
      "ON CONFLICT (name) DO UPDATE SET run = excluded.run, version = excluded.version, "
      "config_hash = excluded.config_hash, seen_wall_ns = excluded.seen_wall_ns",
      {gateway, std::as_bytes(std::span(hello.run.bytes)), hello.version, hello.config_hash,
       to_ns(now)});
  judge(outcome);
  return outcome;
}

Result<> SqliteSink::note_status(std::string_view gateway, const uplink::Status& status,
                                 WallTime now) {
  if (const Result<> connected = connect(); !connected) return connected.error();
  const std::span<const std::byte> run = std::as_bytes(std::span(status.run.bytes));
  Result<> outcome =
      status.online
          ? connection_->run(
                "INSERT INTO gateway (name, online, run, seen_wall_ns) VALUES (?, 1, ?, ?) "
                "ON CONFLICT (name) DO UPDATE SET online = 1, run = excluded.run, "
                "seen_wall_ns = excluded.seen_wall_ns",
                {gateway, run, to_ns(now)})
          : connection_->run("UPDATE gateway SET online = 0 WHERE name = ? AND run = ?",
                             {gateway, run});
  judge(outcome);
  return outcome;
}

}  // namespace sluice::collector
