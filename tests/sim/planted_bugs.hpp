#pragma once
// Mistakes planted on purpose around the real code, so that it is known that the checks can fail.
// A checker counts only once one of these has tripped it.

#include <cstdint>
#include <memory>
#include <string_view>

#include "collector/sink.hpp"
#include "core/result.hpp"
#include "tests/sim/simulated_gateway.hpp"
#include "uplink/link.hpp"

namespace sluice::sim {

enum class PlantedBug : std::uint8_t {
  kNone,
  kDeleteOnPublish,    // the gateway takes a publication for a delivery
  kAckBeforeCommit,    // the collector acknowledges what it is about to commit
  kNoDedup,            // the collector stores what it has already
  kDropWithoutGap,     // the gateway makes room and tells nobody
  kForgetfulSet,       // the collector's interval set lacks what it stored
  kRunIdComesAgain,    // a gateway whose empty disk is replaced starts with the run id of before
  kNeverAcknowledges,  // the collector keeps its acknowledgements
  kForgetsTombstone,   // the gateway takes a gap record that is stored for one that has arrived
  kReadingLost,        // a reading vanishes between the loop and storage
  kNeverAnswers,       // the collector leaves questions alone
  kAnswersLess,        // the collector answers with what it had some time ago
  kClosesEarly,        // the gateway closes a run of which something is under way
  kErasesUnsettled,    // the gateway takes out of the lanes what the collector has not got
};

// What stands between the receiver and the watch on its sink; null for other bugs.
std::unique_ptr<collector::Sink> mutant_above_watch(PlantedBug bug, collector::Sink& inner);
// What stands between the watch and the real sink; null for other bugs.
std::unique_ptr<collector::Sink> mutant_below_watch(PlantedBug bug, collector::Sink& inner);

// kDeleteOnPublish: `message` has just been published.
void delete_published(app::Gateway& gateway, const uplink::Message& message);
// kDropWithoutGap: the newest chunk goes.
void drop_without_gap(SimulatedGateway& gateway);
// kForgetsTombstone: the oldest that a gap record tells of. False when there is none.
bool forget_tombstone(SimulatedGateway& gateway);
// kClosesEarly: the present run.
void close_run(SimulatedGateway& gateway);
// kErasesUnsettled: of the raw ones.
void erase_unsettled(SimulatedGateway& gateway);
// kReadingLost: the oldest reading in the ring goes.
void lose_reading(app::Gateway& gateway);

}  // namespace sluice::sim
