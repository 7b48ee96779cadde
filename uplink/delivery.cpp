#include "uplink/delivery.hpp"

#include <algorithm>
#include <optional>
#include <span>
#include <utility>

#include "core/check.hpp"
#include "uplink/topics.hpp"

namespace sluice::uplink {
namespace {

// Of alerts in one batch: more would hold up themselves on a slow link.
constexpr std::size_t kAlertBytesMax = 2 * 1024;

// Of a packet, what is not the chunks of its batch.
constexpr std::size_t kPacketRest = 1'024;

// Until storage has removed what was acknowledged; it looks 50 times a second.
constexpr Duration kSettling = std::chrono::milliseconds(200);

bool covers(std::span<const Interval> intervals, std::uint64_t seq) {
  return std::any_of(intervals.begin(), intervals.end(), [seq](const Interval& interval) {
    return interval.first <= seq && seq <= interval.last;
  });
}

}  // namespace

Delivery::Delivery(const Options& options, Link& link, Outbox& outbox, const LinkPolicy& policy)
    : options_(options),
      link_(link),
      outbox_(outbox),
      policy_(policy),
      congestion_(limits_),
      cursors_(options.backlog) {
  settled_.fill(Instant::min() + kSettling);
  CHECK(is_id(options.gateway));
  CHECK(options.batches_in_flight_max >= 1);
}

void Delivery::link_up(const BrokerLimits& limits) {
  up_ = true;
  limits_.batches_max = std::clamp(options_.batches_in_flight_max, std::size_t{1},
                                   std::max(limits.receive_max, kAlertBatches + 1) - kAlertBatches);
  const std::size_t room = limits.packet_bytes_max - std::min(limits.packet_bytes_max, kPacketRest);
  limits_.batch_bytes_max =
      std::max(limits_.batch_bytes_min, std::min(options_.batch_bytes_max, room));
  congestion_.reset(limits_);
  const Result<std::uint64_t> newest = outbox_.newest();
  if (!newest) ++counters_.outbox_errors;
  cursors_.begin(newest ? *newest : 0);
}

// Whatever was under way may or may not have arrived; all of it is sent again.
void Delivery::link_down() {
  up_ = false;
  in_flight_.clear();
  congestion_.reset(limits_);
  show();
}

bool Delivery::taken(const Taken& taken) {
  const auto batch =
      std::find_if(in_flight_.begin(), in_flight_.end(), [&taken](const Batch& candidate) {
        return candidate.awaits_taken && candidate.token == taken.token;
      });
  if (batch == in_flight_.end()) return false;
  batch->awaits_taken = false;
  if (taken.refused) ++counters_.batches_refused;
  if (taken.refused && taken.reason == Taken::kQuotaExceeded) congestion_.shrink();
  return true;
}

void Delivery::acknowledged(const Ack& ack, Instant now) {
  // Storage first: a slot freed for an acknowledgement that storage never saw would strand chunks.
  if (!outbox_.settle(ack)) {
    ++counters_.acks_put_off;
    return;
  }
  ++counters_.acks_passed_on;
  heard(ack, now);
}

void Delivery::heard(const Ack& ack, Instant now) {
  for (Batch& batch : in_flight_) {
    // The collector is alive, whatever the timeout had grown to.
    batch.timeout = std::min(batch.timeout, timeout());
    if (batch.run != ack.run || batch.stream != ack.stream) continue;
    std::erase_if(batch.items, [&ack](const Parcel::Item& item) {
      return covers(ack.held, item.seq) || covers(ack.resolved, item.seq);
    });
    if (!batch.items.empty()) continue;
    ++counters_.batches_settled;
    settled_[index_of(batch.lane)] = now;
    // Of a batch sent twice nobody knows which sending the answer belongs to.
    if (batch.resent) {
      congestion_.forget(batch.flight);
    } else {
      congestion_.acknowledged(batch.flight, now);
      measure(now - batch.sent);
    }
  }
  std::erase_if(in_flight_, [](const Batch& batch) { return batch.items.empty(); });
  show();
}

void Delivery::step(Instant now) {
  if (!up_) return;
  send_again(now);
  rewind_changed_lanes(now);
  send_new(now);
  rewind_when_idle(now);
  show();
}

void Delivery::send_again(Instant now) {
  for (Batch& batch : in_flight_) {
    if (now - batch.sent < batch.timeout) continue;
    Result<std::optional<Parcel>> parcel = outbox_.again(batch.lane, batch.items);
    if (!parcel) {
      ++counters_.outbox_errors;
      return;
    }
    if (!parcel->has_value()) {
      batch.items.clear();  // settled behind our back: dropped for space, or an earlier Ack
      congestion_.forget(batch.flight);
      continue;
    }
    const CongestionControl::Flight flight = batch.flight;
    if (!hand_over(batch, **parcel, now)) return;
    congestion_.lost(flight);
    ++counters_.batches_resent;
    batch.resent = true;
    batch.timeout = std::min(2 * batch.timeout, options_.ack_timeout_max);
  }
  std::erase_if(in_flight_, [](const Batch& batch) { return batch.items.empty(); });
}

void Delivery::send_new(Instant now) {
  while (send_next(now)) continue;
}

bool Delivery::send_next(Instant now) {
  bool held_back = false;
  for (const Lane lane : shares_.order()) {
    const std::size_t bytes_max = allowance(lane, now);
    if (bytes_max == 0) {
      held_back = true;
      continue;
    }
    const Result<std::optional<Parcel>> parcel = outbox_.next(cursors_.next(lane), bytes_max);
    if (!parcel) {
      ++counters_.outbox_errors;
      return false;
    }
    if (!parcel->has_value()) {
      shares_.idle(lane);
      continue;
    }
    Batch batch;
    batch.lane = lane;
    batch.timeout = timeout();
    if (!hand_over(batch, **parcel, now)) return false;
    ++counters_.batches_sent;
    shares_.sent(lane, (*parcel)->payload.size());
    cursors_.passed(lane, batch.items);
    in_flight_.push_back(std::move(batch));
    return true;
  }
  if (!held_back) congestion_.ran_dry();
  return false;
}

std::size_t Delivery::allowance(Lane lane, Instant now) const {
  if (lane == Lane::kAlert) {
    const bool room = in_flight_.size() < limits_.batches_max + kAlertBatches;
    return room ? std::min(limits_.batch_bytes_max, kAlertBytesMax) : 0;
  }
  if (!policy_.allows(lane, now)) return 0;
  return std::min(congestion_.allowance(), policy_.batch_bytes_max());
}

// True when the batch counts as sent.
bool Delivery::hand_over(Batch& batch, const Parcel& parcel, Instant now) {
  CHECK(!parcel.items.empty());
  const Topic topic{TopicKind::kUp, options_.gateway, parcel.stream};
  const Result<std::uint32_t> token = link_.publish(topic_name(topic), parcel.payload, Retain::kNo);
  if (!token) {
    if (token.error().code != ErrorCode::kRefused) return false;
    // Trying at once again would get the same answer: let it wait for its timeout like one lost.
    ++counters_.batches_refused;
  }
  batch.run = parcel.run;
  batch.stream = parcel.stream;
  batch.items = parcel.items;
  batch.sent = now;
  batch.flight = congestion_.sent(parcel.payload.size(), now);
  batch.awaits_taken = token.ok();
  batch.token = token.ok() ? *token : 0;
  counters_.bytes_sent += parcel.payload.size();
  return true;
}

// An acknowledgement that storage did not believe frees its slot, yet its chunks stay pending
// behind the cursors. Looking from the start again finds them; seldom, for it may be in vain each
// time.
void Delivery::rewind_when_idle(Instant now) {
  if (!in_flight_.empty() || now < rewound_ + timeout()) return;
  rewound_ = now;
  cursors_.rewind();
}

void Delivery::rewind_changed_lanes(Instant now) {
  for (const Lane lane : kLanes) {
    if (!look_again_[index_of(lane)]) continue;
    // What is under way, or has just arrived, would be sent twice.
    if (now - kSettling < settled_[index_of(lane)]) continue;
    const bool under_way = std::any_of(in_flight_.begin(), in_flight_.end(),
                                       [lane](const Batch& batch) { return batch.lane == lane; });
    if (under_way) continue;
    cursors_.rewind(lane);
    look_again_[index_of(lane)] = false;
  }
}

Duration Delivery::timeout() const {
  return std::clamp(4 * counters_.round_trip, options_.ack_timeout_min, options_.ack_timeout_max);
}

// Smoothed as TCP does (RFC 6298), one eighth at a time.
void Delivery::measure(Duration round_trip) {
  counters_.round_trip = counters_.round_trip == Duration::zero()
                             ? round_trip
                             : counters_.round_trip + (round_trip - counters_.round_trip) / 8;
}

void Delivery::show() {
  counters_.raw_handed_over = cursors_.raw_handed_over();
  counters_.in_flight = in_flight_.size();
  counters_.window_bytes = congestion_.window();
  counters_.bytes_per_second = static_cast<std::uint64_t>(congestion_.rate());
}

}  // namespace sluice::uplink
