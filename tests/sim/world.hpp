#pragma once
// The whole system in one thread under virtual time: gateway, broker, collector, and what breaks.
// The same scenario gives the same run, step for step.
//
//   World world(draw_scenario(seed, weather, length));
//   if (const auto violation = world.run()) ...

#include <array>
#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/faults.hpp"
#include "tests/sim/invariants.hpp"
#include "tests/sim/planted_bugs.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/simulated_broker.hpp"
#include "tests/sim/simulated_collector.hpp"
#include "tests/sim/simulated_gateway.hpp"
#include "tests/temporary_folder.hpp"

namespace sluice::sim {

// What happened, for people.
struct Tally {
  Duration simulated{};
  std::uint64_t steps = 0;
  std::array<std::uint64_t, kFaultKindCount> faults{};
  std::uint64_t runs = 0;
  std::uint64_t readings = 0;  // produced
  std::uint64_t chunks = 0;    // stored by the gateway
  std::uint64_t batches = 0;   // published, repetitions included
  std::array<std::uint64_t, kGapReasonCount> gaps{};
  std::uint64_t duplicates = 0;       // met by the collector
  std::uint64_t chunks_resolved = 0;  // by gap records
  bool operator==(const Tally&) const = default;
};

class World {
 public:
  explicit World(const Scenario& scenario, PlantedBug bug = PlantedBug::kNone);

  // Lets the scenario happen, ends the faults, waits until everything has arrived, and balances.
  // Returns the first violation with the time it was found at. Call once.
  std::optional<Violation> run();

  Tally tally() const;

 private:
  bool fine() const { return !invariants_.violation(); }
  void step();
  void apply(const Fault& fault);
  void spoil();
  WallTime wall() const;
  void settle();

  SimulatedBroker::Watch watch();
  void published(End end, const uplink::Message& message);
  void delivered(End end, const uplink::Message& message);

  const Scenario scenario_;
  const PlantedBug bug_;
  Random random_;
  TemporaryFolder folder_;
  Invariants invariants_;
  SimulatedBroker broker_;
  SimulatedGateway gateway_;
  SimulatedCollector collector_;
  Faults faults_;
  Instant now_;
  Duration wall_jumps_{};
  bool replacement_due_ = false;  // of the gateway's disk, as a planted bug has it
  bool tombstone_due_ = false;    // to be forgotten, likewise
  Tally tally_;
};

// The command that lets the same happen again.
std::string replay_command(const Scenario& scenario);

}  // namespace sluice::sim
