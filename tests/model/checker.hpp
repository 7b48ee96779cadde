#pragma once
// Visits every state that can be reached, nearest first, and finds the shortest way to one that
// breaks an invariant. E7: from every state a fair schedule without faults ends where everything is
// settled. Known states are kept as 128 bits each.

#include <cstddef>
#include <functional>
#include <string>

#include "tests/model/protocol.hpp"

namespace sluice::model {

struct Verdict {
  Breach breach = Breach::kNone;
  std::size_t states = 0;
  bool cut_short = false;  // there are more states than were allowed
  std::string trace;       // the way to the breach, a line a step
};

// Told of every step, of some more than once; steps that break an invariant are left out.
using Watch = std::function<void(const State& from, const State& to)>;

Verdict check(const Protocol& protocol, std::size_t states_max, const Watch& watch = {});

// "E5: the gateway deletes only what a matching acknowledgement covered".
std::string text_of(Breach breach);

}  // namespace sluice::model
