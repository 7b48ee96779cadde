#pragma once
// The end of a simulation: what every sensor handed out, by its own ledger, against the rows in the
// collector's database. Each reading is there once, bit for bit, or lies in a declared gap; nothing
// else is there; the numbers that gaps declare are right.

#include <span>
#include <string>

#include "tests/sim/invariants.hpp"
#include "tests/sim/simulated_gateway.hpp"

namespace sluice::sim {

// What it finds is a violation. REQUIRES: everything has arrived, nobody writes any more.
void balance(const std::string& collector_database, std::span<const RunRecord> runs,
             Invariants& invariants);

}  // namespace sluice::sim
