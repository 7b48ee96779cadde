#include "collector/sqlite_sink.hpp"

#include <span>
#include <utility>

#include "collector/answer.hpp"
#include "collector/database.hpp"
#include "collector/intake.hpp"

namespace sluice::collector {
namespace {

// 0 when nothing of that stream has arrived.
std::int64_t stream_row_of(storage::Transaction& transaction, std::string_view gateway,
                           const RunId& run, Stream stream) {
  return transaction.integer(
      "SELECT stream.id FROM stream JOIN run ON run.id = stream.run "
      "JOIN gateway ON gateway.id = run.gateway "
      "WHERE gateway.name = ? AND run.run = ? AND stream.stream = ?",
      {gateway, std::as_bytes(std::span(run.bytes)), static_cast<std::int64_t>(stream)});
}

}  // namespace

Result<SqliteSink> SqliteSink::open(const std::string& path, Duration patience) {
  SqliteSink sink(path, patience);
  // Nothing to do in it: the file is there then, and it is ours.
  if (const Result<> opened = sink.transact([](storage::Transaction&) {}); !opened) {
    return opened.error();
  }
  return sink;
}

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

Result<> SqliteSink::transact(const std::function<void(storage::Transaction&)>& work) {
  // Outlives the commit with its checkpoint, and the closing of a connection, which has one too.
  const Result<WritingTurn> turn = turns_.take();
  if (!turn) return turn.error();
  if (const Result<> connected = connect(); !connected) return connected.error();
  Result<> outcome = Ok{};
  {
    storage::Transaction transaction(*connection_);
    work(transaction);
    outcome = transaction.commit();
  }
  judge(outcome);
  return outcome;
}

Result<Receipt> SqliteSink::store(const Shipment& shipment, WallTime now) {
  Receipt receipt;
  const Result<> stored = transact([&](storage::Transaction& transaction) {
    receipt = Intake(transaction, shipment, now).take();
  });
  if (!stored) return stored.error();
  return receipt;
}

Result<Ack> SqliteSink::acknowledgement(std::string_view gateway, const RunId& run, Stream stream) {
  std::int64_t row = 0;
  Ack ack{run, stream, {}, {}};
  const Result<> read = transact([&](storage::Transaction& transaction) {
    row = stream_row_of(transaction, gateway, run, stream);
    const SettledKeys keys = load_settled_keys(transaction, row);
    ack.held.assign(keys.held().intervals().begin(), keys.held().intervals().end());
    ack.resolved.assign(keys.resolved().intervals().begin(), keys.resolved().intervals().end());
  });
  if (!read) return read.error();
  if (row == 0) return Error{ErrorCode::kNotFound, "nothing of that stream has arrived"};
  return ack;
}

Result<Ack> SqliteSink::answer(std::string_view gateway, const Question& question) {
  Ack ack;
  const Result<> read = transact([&](storage::Transaction& transaction) {
    const std::int64_t row = stream_row_of(transaction, gateway, question.run, question.stream);
    ack = answer_to(transaction, row, question);
  });
  if (!read) return read.error();
  return ack;
}

Result<> SqliteSink::note_hello(std::string_view gateway, const uplink::Hello& hello,
                                WallTime now) {
  return transact([&](storage::Transaction& transaction) {
    transaction.run(
        "INSERT INTO gateway (name, run, version, config_hash, seen_wall_ns) "
        "VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET run = excluded.run, version = excluded.version, "
        "config_hash = excluded.config_hash, seen_wall_ns = excluded.seen_wall_ns",
        {gateway, std::as_bytes(std::span(hello.run.bytes)), hello.version, hello.config_hash,
         to_ns(now)});
  });
}

Result<> SqliteSink::note_status(std::string_view gateway, const uplink::Status& status,
                                 WallTime now) {
  const std::span<const std::byte> run = std::as_bytes(std::span(status.run.bytes));
  return transact([&](storage::Transaction& transaction) {
    if (status.online) {
      transaction.run(
          "INSERT INTO gateway (name, online, run, seen_wall_ns) VALUES (?, 1, ?, ?) "
          "ON CONFLICT (name) DO UPDATE SET online = 1, run = excluded.run, "
          "seen_wall_ns = excluded.seen_wall_ns",
          {gateway, run, to_ns(now)});
    } else {
      transaction.run("UPDATE gateway SET online = 0 WHERE name = ? AND run = ?", {gateway, run});
    }
  });
}

}  // namespace sluice::collector
