#include "tests/sim/watched_sink.hpp"

namespace sluice::sim {
namespace {

Error no_answer() {
  return {ErrorCode::kUnavailable, "simulated: the disk does not answer"};
}

}  // namespace

void WatchedSink::die() {
  dead_ = true;
  broker_.mute(End::kCollector);
}

Result<collector::Receipt> WatchedSink::store(const collector::Shipment& shipment, WallTime now) {
  if (death_ == Death::kBeforeCommit) die();
  if (dead_ || failing_) return no_answer();
  Result<collector::Receipt> receipt = inner_.store(shipment, now);
  if (!receipt) {
    invariants_.fail(Rule::kE7, "the collector cannot store: " + receipt.error().message);
    return receipt;
  }
  invariants_.shipment_committed(shipment, *receipt);
  for (const collector::Settled& settled : receipt->settled) {
    const Result<Ack> whole = inner_.acknowledgement(shipment.gateway, settled.run, settled.stream);
    if (whole) {
      invariants_.interval_set_is(*whole);
    } else {
      invariants_.fail(Rule::kE3, "no interval set after a commit: " + whole.error().message);
    }
  }
  if (death_ == Death::kAfterCommit) die();
  return receipt;
}

Result<Ack> WatchedSink::acknowledgement(std::string_view gateway, const RunId& run,
                                         Stream stream) {
  if (dead_ || failing_) return no_answer();
  return inner_.acknowledgement(gateway, run, stream);
}

Result<Ack> WatchedSink::answer(std::string_view gateway, const Question& question) {
  if (dead_ || failing_) return no_answer();
  return inner_.answer(gateway, question);
}

Result<> WatchedSink::note_hello(std::string_view gateway, const uplink::Hello& hello,
                                 WallTime now) {
  if (dead_ || failing_) return no_answer();
  return inner_.note_hello(gateway, hello, now);
}

Result<> WatchedSink::note_status(std::string_view gateway, const uplink::Status& status,
                                  WallTime now) {
  if (dead_ || failing_) return no_answer();
  return inner_.note_status(gateway, status, now);
}

}  // namespace sluice::sim
