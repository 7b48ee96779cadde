#pragma once
// Runs a scenario and tells people about it on standard output: the seed first, so that even a run
// that hangs can be replayed.

#include <optional>

#include "tests/sim/scenario.hpp"
#include "tests/sim/violation.hpp"
#include "tests/sim/world.hpp"

namespace sluice::sim {

struct Outcome {
  std::optional<Violation> violation;
  Tally tally;
};
Outcome run_and_report(const Scenario& scenario);

}  // namespace sluice::sim
