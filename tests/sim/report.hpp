#pragma once
// Runs a scenario and tells people about it on standard output: the seed first, so that even a run
// that hangs can be replayed.

#include <optional>

#include "tests/sim/planted_bugs.hpp"
#include "tests/sim/scenario.hpp"
#include "tests/sim/violation.hpp"

namespace sluice::sim {

std::optional<Violation> run_and_report(const Scenario& scenario,
                                        PlantedBug bug = PlantedBug::kNone);

}  // namespace sluice::sim
