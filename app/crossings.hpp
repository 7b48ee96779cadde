#pragma once
// Every place where two threads of the gateway meet. Nothing else is shared: each ring has one
// pushing and one popping thread, each published value one writer.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "app/alert_network.hpp"
#include "app/latest.hpp"
#include "app/state_copier.hpp"
#include "core/ack.hpp"
#include "core/alert.hpp"
#include "core/event.hpp"
#include "core/heartbeat.hpp"
#include "core/histogram.hpp"
#include "core/lane.hpp"
#include "core/published.hpp"
#include "core/question.hpp"
#include "core/reading.hpp"
#include "core/ring.hpp"
#include "core/time.hpp"
#include "storage/store.hpp"
#include "uplink/command.hpp"
#include "uplink/uplink.hpp"

namespace sluice::app {

// Records that found a ring full. An episode is a row of losses without a success in between.
struct Loss {
  std::uint64_t count = 0;
  std::uint64_t episodes = 0;
  Instant earlier_last;   // last lost stamp before the newest episode
  Instant episode_first;  // first and last lost stamp of the newest episode
  Instant last;
};

// What the loop tells of itself after each step.
struct LoopStatus {
  std::uint64_t ticks = 0;
  std::uint64_t ticks_missed = 0;  // deadlines that had passed whole before they were served
  std::uint64_t readings = 0;      // handed to storage or lost to a full ring
  std::uint64_t alerts_active = 0;
  std::uint64_t alerts_held_back = 0;     // due, but another alert inhibits them
  std::uint64_t live_alerts_skipped = 0;  // not sent live for want of room; recorded all the same
  Loss lost_readings;
  Loss lost_alerts;
};

// How well the loop keeps its time.
struct LoopTiming {
  Histogram lateness;         // from a deadline to the loop being awake
  Histogram body;             // of one step
  Histogram sample_to_alert;  // from a deadline to its alert being handed on
};

// Raw readings that were put before others; what storage has promoted for it is in its totals.
struct PromotionStatus {
  std::uint64_t recorded = 0;  // alerts
  std::uint64_t skipped = 0;   // alerts that came too often
  std::uint64_t requests = 0;  // of the far side, answered as done or failed
};

// What storage tells of itself after each step.
struct StorageStatus {
  storage::Totals totals;           // of all runs this gateway remembers
  storage::Written written;         // in this run
  std::uint64_t uncommitted = 0;    // readings of this run in memory only
  std::uint64_t readings_lost = 0;  // readings of this run that found the ring full
  std::uint64_t commits = 0;
  std::uint64_t checkpoints = 0;  // of what rules remember
  std::uint64_t commit_failures = 0;
  std::uint64_t reopenings = 0;  // of a database that had failed
  std::uint64_t acks_refused = 0;
  std::uint64_t chunks_lost = 0;     // by the collector; they are sent again or declared
  std::uint64_t damaged_chunks = 0;  // put into quarantine
  bool salvaging = false;            // a damaged database is being taken over piece by piece
  PromotionStatus promotion;
  bool failing = false;  // the last write failed; it is kept and tried again
  // In the last minutes, a second; nothing before the hot tail was sealed for the first time.
  std::optional<double> bytes_taken;  // of the quota
  std::optional<double> chunk_bytes;  // in chunks, as they are sent
  Instant stepped_at;  // when it last came round: a disk that does not answer holds it up
};

// What the batch layer tells of itself.
struct BatchStatus {
  std::uint64_t windows = 0;  // handed to storage
  std::uint64_t chunks = 0;
  std::uint64_t unreadable = 0;  // chunks and frames that windows are made without
  std::uint64_t failures = 0;    // reads that failed; they are tried again
  Duration longest_slice{};
  Instant stepped_at;
};

// What waits for the uplink.
struct PendingLane {
  std::uint64_t chunks = 0;
  std::uint64_t bytes = 0;
  std::optional<Instant> oldest;  // first stamp of what was stored first; nothing of another boot
};
struct PendingLanes {
  std::array<PendingLane, kStoredLanes> lanes{};
  bool known = false;
};

// Each thread beats once a round; a goodbye is no round.
struct Heartbeats {
  Heartbeat loop;
  Heartbeat storage;
  Heartbeat uplink;
};

// What the collector says of this stream does not fit what is known of it here.
struct Doubt {
  RunId run;
  Stream stream = Stream::kRaw;
  bool is_loss = false;  // it is sure that the collector has lost something
};

struct Crossings {
  explicit Crossings(std::size_t readings_max) : readings(readings_max) {}

  // Alert steps are rare; this many within one storage stall is a broken rule set.
  static constexpr std::size_t kAlertsMax = 4'096;
  static constexpr std::size_t kRequestsMax = 64;
  static constexpr std::size_t kCommandsMax = 16;
  // Some KB each.
  static constexpr std::size_t kRolledUpMax = 16;

  Ring<Reading> readings;                             // loop -> storage
  Ring<AlertEvent> alerts{kAlertsMax};                // loop -> storage
  Ring<AlertEvent> live_alerts{kAlertsMax};           // loop -> uplink; full is no loss of a record
  Published<LoopStatus> loop;                         // loop -> storage, main
  Published<LoopTiming> timing;                       // loop -> main, once a second
  Published<StorageStatus> storage;                   // storage -> main
  Published<uplink::Snapshot> uplink;                 // uplink -> storage, main
  Published<PendingLanes> pending;                    // uplink -> main, every few seconds
  StateCopies state_copies;                           // storage -> loop -> storage
  BusesDown buses_down{};                             // main -> loop
  Latest latest;                                      // loop -> uplink, main
  AlertBoard alert_board;                             // loop -> main
  Heartbeats heartbeats;                              // each -> main
  Ring<AlertId> acknowledgements{kRequestsMax};       // main -> loop
  Ring<std::vector<Event>> notes{kRequestsMax};       // main -> storage: to be recorded
  Ring<std::vector<Event>> news{kRequestsMax};        // main -> uplink: the same, to speak of
  Ring<Ack> acks{kRequestsMax};                       // uplink -> storage
  Ring<Answered> answered{kRequestsMax};              // uplink -> storage
  Ring<Doubt> doubts{kRequestsMax};                   // storage -> uplink; full: it comes again
  Ring<uplink::RawCommand> commands{kCommandsMax};    // uplink -> storage
  Ring<uplink::CommandAnswer> answers{kRequestsMax};  // storage -> uplink; full: it is asked again
  Ring<storage::Suspect> suspects{kRequestsMax};      // uplink -> storage; full: it is met again
  Ring<storage::RolledUp> rolled_up{kRolledUpMax};    // batch layer -> storage; full: it waits
  Published<BatchStatus> batch;                       // batch layer -> main
};

}  // namespace sluice::app
