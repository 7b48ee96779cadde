#pragma once
// Stands between the receiver and the real sink: tells the invariants what was committed, and can
// fail or die at the two instants that matter.

#include <cstdint>
#include <string_view>

#include "collector/sink.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/simulated_broker.hpp"

namespace sluice::sim {

class WatchedSink final : public collector::Sink {
 public:
  // All outlive it.
  WatchedSink(collector::Sink& inner, Invariants& invariants, SimulatedBroker& broker)
      : inner_(inner), invariants_(invariants), broker_(broker) {}

  // The next shipment is the last thing that this collector sees.
  enum class Death : std::uint8_t { kNone, kBeforeCommit, kAfterCommit };
  void die_at_next_store(Death death) { death_ = death; }
  // Nothing that the collector does counts any more: its process is gone.
  bool dead() const { return dead_; }
  // As a full or broken disk.
  void set_failing(bool failing) { failing_ = failing; }

  Result<collector::Receipt> store(const collector::Shipment& shipment, WallTime now) override;
  Result<Ack> acknowledgement(std::string_view gateway, const RunId& run, Stream stream) override;
  Result<Ack> answer(std::string_view gateway, const Question& question) override;
  Result<> note_hello(std::string_view gateway, const uplink::Hello& hello, WallTime now) override;
  Result<> note_status(std::string_view gateway, const uplink::Status& status,
                       WallTime now) override;

 private:
  void die();

  collector::Sink& inner_;
  Invariants& invariants_;
  SimulatedBroker& broker_;
  Death death_ = Death::kNone;
  bool dead_ = false;
  bool failing_ = false;
};

}  // namespace sluice::sim
