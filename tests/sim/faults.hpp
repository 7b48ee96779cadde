#pragma once
// What breaks: as the scenario's script says, or drawn from the seed as it goes. What each fault
// is, and what must survive it (beside every invariant of docs/protocol.md):
//
//   gateway outage     the gateway cannot reach the broker. Everything is buffered; when the quota
//                      is reached, what is dropped is declared
//   collector outage   the collector cannot reach the broker. Batches go nowhere and are sent again
//   broker restart     nobody is connected, retained messages and everything under way are gone.
//                      Acknowledgements come again because chunks do
//   gateway killed     its objects are dropped and its database lies there as it was, at times with
//                      a torn end. The next run recovers the tail and declares the restart
//   machine rebooted   the same, and boot time begins anew under another boot id
//   gateway restarted  in order: the tail is sealed, nothing is missing
//   gateway reloaded   a channel goes or comes; no other one loses a reading
//   collector killed   before its commit, between commit and acknowledgement, or at rest. What was
//                      not committed is sent again, what was is a duplicate
//   collector disk     takes nothing for a time; nothing is acknowledged
//   storage stall      the gateway's storage thread stands still; the ring fills, and what it
//                      cannot take is declared
//   clock jump         wall time steps by up to a year either way; nothing depends on it

#include <cstddef>

#include "core/time.hpp"
#include "tests/sim/random.hpp"
#include "tests/sim/scenario.hpp"

namespace sluice::sim {

class Faults {
 public:
  Faults(const Scenario& scenario, Random random);

  Instant next() const { return next_; }  // Instant::max() when there are no more
  Fault draw(Instant now);
  void end() { next_ = Instant::max(); }

 private:
  Duration pause();

  const Scenario scenario_;
  Random random_;
  std::size_t told_ = 0;  // of the script
  Instant next_;
};

}  // namespace sluice::sim
