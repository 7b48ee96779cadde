#pragma once
// From a configuration to the loop's plan and to the events that declare what its numbers mean.
// Main thread.

#include <memory>
#include <vector>

#include "app/equipment.hpp"
#include "app/numbering.hpp"
#include "app/plan.hpp"
#include "config/config.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

namespace sluice::app {

struct BuiltPlan {
  std::unique_ptr<Plan> plan;
  std::vector<Event> declarations;  // what every channel and alert number stands for
};

// kFull when the run has given out all its numbers: a restart starts a new run.
// REQUIRES: everything in `config` is open in `equipment`.
Result<BuiltPlan> build_plan(const config::Config& config, const Equipment& equipment,
                             Numbering& numbering, Instant now);

}  // namespace sluice::app
