#pragma once
// What the gateway makes of an acknowledgement.

#include "tests/model/protocol.hpp"

namespace sluice::model {

// Adds every way in which a message that is under way can reach the gateway.
void hearing_moves(const Protocol& protocol, const State& from, Moves& moves);

// The gateway lets go of what it has of `key`, as `status` says. E5 unless it may.
Breach settle(State& state, int key, Here status);
// They are not under way any more, or have to be sent anew.
void leave_window(State& state, Keys keys);
// No answer to the latest question counts any more.
void void_question(State& state);

}  // namespace sluice::model
