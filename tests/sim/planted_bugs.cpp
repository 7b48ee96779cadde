#include "tests/sim/planted_bugs.hpp"

#include <optional>
#include <utility>
#include <vector>

#include "chunk/batch.hpp"
#include "core/check.hpp"
#include "core/interval_set.hpp"
#include "storage/sqlite.hpp"
#include "uplink/topics.hpp"

namespace sluice::sim {
namespace {

// Passes everything on; a mutant overrides what it does wrong.
class Mutant : public collector::Sink {
 public:
  explicit Mutant(collector::Sink& inner) : inner_(inner) {}
  Result<collector::Receipt> store(const collector::Shipment& shipment, WallTime now) override {
    return inner_.store(shipment, now);
  }
  Result<Ack> acknowledgement(std::string_view gateway, const RunId& run, Stream stream) override {
    return inner_.acknowledgement(gateway, run, stream);
  }
  Result<Ack> answer(std::string_view gateway, const Question& question) override {
    return inner_.answer(gateway, question);
  }
  Result<> note_hello(std::string_view gateway, const uplink::Hello& hello, WallTime now) override {
    return inner_.note_hello(gateway, hello, now);
  }
  Result<> note_status(std::string_view gateway, const uplink::Status& status,
                       WallTime now) override {
    return inner_.note_status(gateway, status, now);
  }

 protected:
  collector::Sink& inner_;
};

class AckBeforeCommit final : public Mutant {
 public:
  using Mutant::Mutant;

  // Commits what came before, and keeps this for the next time.
  Result<collector::Receipt> store(const collector::Shipment& shipment, WallTime now) override {
    if (waiting_) static_cast<void>(inner_.store(*waiting_, now));
    waiting_ = shipment;
    collector::Receipt receipt;
    for (std::size_t i = 0; i < shipment.chunks.size(); ++i) receipt.stored.push_back(i);
    receipt.settled.push_back(
        {shipment.run, shipment.stream, shipment.chunks.front().chunk.header.key.seq});
    return receipt;
  }
  Result<Ack> acknowledgement(std::string_view gateway, const RunId& run, Stream stream) override {
    const Result<Ack> committed = inner_.acknowledgement(gateway, run, stream);
    Ack ack = committed ? *committed : Ack{run, stream, {}, {}};
    if (!waiting_ || waiting_->run != run || waiting_->stream != stream) return ack;
    IntervalSet held;
    for (const Interval& interval : ack.held) CHECK(held.insert(interval));
    for (const collector::ArrivedChunk& arrived : waiting_->chunks) {
      const ChunkHeader& header = arrived.chunk.header;
      static_cast<void>(held.insert(header.key.seq, header.crc));  // known already: a duplicate
    }
    ack.held.assign(held.intervals().begin(), held.intervals().end());
    return ack;
  }

 private:
  std::optional<collector::Shipment> waiting_;
};

class NeverAcknowledges final : public Mutant {
 public:
  using Mutant::Mutant;
  Result<Ack> acknowledgement(std::string_view, const RunId&, Stream) override {
    return Error{ErrorCode::kUnavailable, "planted: no acknowledgement"};
  }
};

class NeverAnswers final : public Mutant {
 public:
  using Mutant::Mutant;
  Result<Ack> answer(std::string_view, const Question&) override {
    return Error{ErrorCode::kUnavailable, "planted: no answer"};
  }
};

class AnswersLess final : public Mutant {
 public:
  using Mutant::Mutant;
  Result<Ack> answer(std::string_view gateway, const Question& question) override {
    Result<Ack> ack = inner_.answer(gateway, question);
    if (ack && !ack->held.empty()) ack->held.pop_back();
    return ack;
  }
};

class NoDedup final : public Mutant {
 public:
  using Mutant::Mutant;
  Result<collector::Receipt> store(const collector::Shipment& shipment, WallTime now) override {
    Result<collector::Receipt> receipt = inner_.store(shipment, now);
    if (!receipt) return receipt;
    receipt->stored.clear();
    for (std::size_t i = 0; i < shipment.chunks.size(); ++i) receipt->stored.push_back(i);
    return receipt;
  }
};

class ForgetfulSet final : public Mutant {
 public:
  using Mutant::Mutant;
  Result<Ack> acknowledgement(std::string_view gateway, const RunId& run, Stream stream) override {
    Result<Ack> ack = inner_.acknowledgement(gateway, run, stream);
    if (ack && !ack->held.empty()) ack->held.pop_back();
    return ack;
  }
};

}  // namespace

std::unique_ptr<collector::Sink> mutant_above_watch(PlantedBug bug, collector::Sink& inner) {
  if (bug == PlantedBug::kAckBeforeCommit) return std::make_unique<AckBeforeCommit>(inner);
  if (bug == PlantedBug::kNeverAcknowledges) return std::make_unique<NeverAcknowledges>(inner);
  if (bug == PlantedBug::kNeverAnswers) return std::make_unique<NeverAnswers>(inner);
  if (bug == PlantedBug::kAnswersLess) return std::make_unique<AnswersLess>(inner);
  return nullptr;
}

std::unique_ptr<collector::Sink> mutant_below_watch(PlantedBug bug, collector::Sink& inner) {
  if (bug == PlantedBug::kNoDedup) return std::make_unique<NoDedup>(inner);
  if (bug == PlantedBug::kForgetfulSet) return std::make_unique<ForgetfulSet>(inner);
  return nullptr;
}

void delete_published(app::Gateway& gateway, const uplink::Message& message) {
  const Result<uplink::Topic> topic = uplink::parse_topic(message.topic);
  if (!topic || topic->kind != uplink::TopicKind::kUp) return;
  const Result<chunk::Batch> batch = chunk::decode_batch(message.payload);
  CHECK(batch.ok());
  IntervalSet published;
  for (const Chunk& chunk : batch->chunks) {
    CHECK(published.insert(chunk.header.key.seq, chunk.header.crc));
  }
  const ChunkKey& key = batch->chunks.front().header.key;
  Ack ack{key.run, key.stream, {}, {}};
  ack.held.assign(published.intervals().begin(), published.intervals().end());
  static_cast<void>(gateway.crossings().acks.try_push(std::move(ack)));
}

void drop_without_gap(SimulatedGateway& gateway) {
  Result<storage::Connection> connection =
      storage::Connection::open(gateway.database(), storage::Access::kWrite);
  CHECK(connection.ok());
  CHECK(connection->run("DELETE FROM chunk WHERE position = (SELECT max(position) FROM pending)")
            .ok());
  gateway.inspect();
}

bool forget_tombstone(SimulatedGateway& gateway) {
  Result<storage::Connection> connection =
      storage::Connection::open(gateway.database(), storage::Access::kWrite);
  CHECK(connection.ok());
  CHECK(connection
            ->execute("BEGIN IMMEDIATE;"
                      "CREATE TEMP TABLE oldest AS SELECT * FROM tombstone WHERE declared = 1"
                      " ORDER BY id LIMIT 1;"
                      "INSERT INTO settled SELECT run, stream, first, last, 0, 1 FROM oldest;"
                      "DELETE FROM tombstone WHERE id IN (SELECT id FROM oldest);"
                      "COMMIT")
            .ok());
  return connection->integer("SELECT count(*) FROM oldest")->value_or(0) > 0;
}

void close_run(SimulatedGateway& gateway) {
  Gap gap;
  gap.run = gateway.running()->identity().run;
  gap.reason = GapReason::kClosed;
  gap.first_seq = 1;
  gap.last_seq = 1'000'000;  // more than there are
  static_cast<void>(gateway.running()->crossings().notes.try_push({gap}));
}

void erase_unsettled(SimulatedGateway& gateway) {
  Result<storage::Connection> connection =
      storage::Connection::open(gateway.database(), storage::Access::kWrite);
  CHECK(connection.ok());
  static_cast<void>(connection->run("DELETE FROM pending WHERE lane = 4"));
}

void lose_reading(app::Gateway& gateway) {
  static_cast<void>(gateway.crossings().readings.try_pop());
}

}  // namespace sluice::sim
