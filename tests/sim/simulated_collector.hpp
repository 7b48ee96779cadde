#pragma once
// The real collector (receiver and SQLite sink) under virtual time, killed and started again over
// the same database.

#include <memory>
#include <optional>
#include <string>

#include "collector/receiver.hpp"
#include "collector/sqlite_sink.hpp"
#include "core/time.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/planted_bugs.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/simulated_broker.hpp"
#include "tests/sim/watched_sink.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::sim {

class SimulatedCollector {
 public:
  // All outlive it.
  SimulatedCollector(const TemporaryFolder& folder, SimulatedBroker& broker, Invariants& invariants,
                     Random random, PlantedBug bug);

  // World time.
  Instant due() const;
  void step(Instant world, WallTime wall);

  // Dies at once, or at its next shipment before or after the commit, and is down for `down`.
  void kill(WatchedSink::Death death, Instant world, Duration down);
  // A copy of its database is made, and it is started from the copy, if there is one.
  void back_up();
  void restore(Instant world, Duration down);
  // Its disk takes nothing until then.
  void fail_disk(Instant until);
  void calm();

  const std::string& database() const { return database_; }
  // What all its lives together have counted.
  collector::ReceiverCounters counters() const;

 private:
  // In the order in which a shipment passes them, from the last to the first.
  struct Process {
    std::unique_ptr<collector::SqliteSink> store;
    std::unique_ptr<collector::Sink> below;
    std::unique_ptr<WatchedSink> watch;
    std::unique_ptr<collector::Sink> above;
    std::unique_ptr<uplink::Link> link;
    std::unique_ptr<collector::Receiver> receiver;
  };
  void open(Instant world);
  void fall(Instant back_at);
  // What was committed before is still there.
  void compare_interval_sets();

  SimulatedBroker& broker_;
  Invariants& invariants_;
  Random random_;
  const PlantedBug bug_;
  const std::string database_;
  std::optional<Process> process_;
  collector::ReceiverCounters earlier_;
  Instant due_;
  Instant back_at_;
  Duration down_{};
  Instant disk_fails_until_;
  bool has_backup_ = false;
};

}  // namespace sluice::sim
