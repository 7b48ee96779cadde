#pragma once
// Lets a new plan go on where the last run was cut off. Main thread, before the loop begins.

#include <string>
#include <vector>

#include "app/checkpoint.hpp"
#include "app/numbering.hpp"
#include "app/plan.hpp"
#include "core/event.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"

namespace sluice::app {

// What an earlier run has left behind.
struct LeftBehind {
  std::vector<storage::ActiveAlert> active;
  SavedState states{};  // of this boot; none of another one, whose times mean nothing here
  Instant saved;        // when these were copied
};

struct Restored {
  std::vector<AlertEvent> active;   // as their last step left them; nothing new
  std::vector<Event> declarations;  // of what is in no configuration any more
  std::vector<AlertEvent> cleared;  // were active, and their rule is gone or another one
};

// `declarations` are those of the plan. An alert that is active by the record stays so, without a
// second record; whatever the states say, the record is right.
Restored restore(Plan& plan, const std::vector<Event>& declarations, Numbering& numbering,
                 const LeftBehind& left, Instant now);

}  // namespace sluice::app
