#pragma once
// The sending half of docs/protocol.md: which chunks are under way, when they are sent again, and
// what an acknowledgement frees. Holds no chunk bytes: what is sent again is fetched again, so a
// restart or a lost link costs nothing but time. Single-threaded; time is an argument.
//
// A chunk is never removed here: every acknowledgement goes to the outbox, whose storage decides
// whether to believe it. If it does not, the chunk is found again when the cursors rewind.

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "core/ack.hpp"
#include "core/chunk.hpp"
#include "core/lane.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "uplink/congestion.hpp"
#include "uplink/lane_cursors.hpp"
#include "uplink/lane_shares.hpp"
#include "uplink/link.hpp"
#include "uplink/link_policy.hpp"
#include "uplink/options.hpp"
#include "uplink/outbox.hpp"

namespace sluice::uplink {

// Trivially copyable. All but the last four only grow.
struct DeliveryCounters {
  std::uint64_t batches_sent = 0;  // handed to the link for the first time, or again after a rewind
  std::uint64_t batches_resent = 0;  // for want of an acknowledgement
  std::uint64_t bytes_sent = 0;      // payload of both
  std::uint64_t batches_settled = 0;
  std::uint64_t batches_refused = 0;  // by the broker: publications, not progress
  std::uint64_t acks_passed_on = 0;   // to storage, which believes them or not
  std::uint64_t acks_put_off = 0;     // storage was behind; they come again
  std::uint64_t outbox_errors = 0;
  std::uint64_t raw_handed_over = 0;   // LaneCursors::raw_handed_over()
  std::uint64_t in_flight = 0;         // batches un-acknowledged now
  Duration round_trip{};               // smoothed, publish to acknowledgement; 0 until measured
  std::uint64_t window_bytes = 0;      // that may be under way, as the link is now
  std::uint64_t bytes_per_second = 0;  // that the far side takes; 0: not known
};

class Delivery {
 public:
  // Alerts may be under way beyond the window: they wait for nothing but the broker.
  static constexpr std::size_t kAlertBatches = 2;

  // `link`, `outbox` and `policy` outlive it.
  Delivery(const Options& options, Link& link, Outbox& outbox, const LinkPolicy& policy);

  // What the link says, in the order it says it.
  void link_up(const BrokerLimits& limits);
  void link_down();
  // False when the token is not of a batch under way.
  bool taken(const Taken& taken);
  void acknowledged(const Ack& ack, Instant now);
  // What it covers is not under way any more; storage has been told.
  void heard(const Ack& ack, Instant now);
  // Chunks have come into that lane behind what was sent of it: it is gone through anew as soon as
  // nothing of it is under way.
  void look_again(Lane lane) { look_again_[index_of(lane)] = true; }

  // Sends what is due. Nothing while the link is down.
  void step(Instant now);

  const DeliveryCounters& counters() const { return counters_; }

 private:
  struct Batch {
    Lane lane = Lane::kRaw;
    RunId run;
    Stream stream = Stream::kRaw;
    std::vector<Parcel::Item> items;  // not yet acknowledged
    CongestionControl::Flight flight;
    Instant sent;
    Duration timeout{};
    std::uint32_t token = 0;
    bool awaits_taken = false;
    bool resent = false;
  };
  void send_again(Instant now);
  void send_new(Instant now);
  // True when a batch went out; false when the lanes hold nothing more or the link takes no more.
  bool send_next(Instant now);
  // Bytes that the lane may send now; 0: none.
  std::size_t allowance(Lane lane, Instant now) const;
  bool hand_over(Batch& batch, const Parcel& parcel, Instant now);
  void rewind_when_idle(Instant now);
  void rewind_changed_lanes(Instant now);
  Duration timeout() const;
  void measure(Duration round_trip);
  void show();

  const Options options_;
  Link& link_;
  Outbox& outbox_;
  const LinkPolicy& policy_;
  bool up_ = false;
  CongestionControl::Limits limits_;  // of the present link; alerts go beyond batches_max
  CongestionControl congestion_;
  LaneShares shares_;
  LaneCursors cursors_;
  std::array<bool, kLanes.size()> look_again_{};
  std::array<Instant, kLanes.size()> settled_;  // when an acknowledgement last freed a batch
  std::vector<Batch> in_flight_;  // at most options_.batches_in_flight_max + kAlertBatches
  Instant rewound_ = Instant::min();
  DeliveryCounters counters_;
};

}  // namespace sluice::uplink
