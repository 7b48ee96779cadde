#include "uplink/congestion.hpp"

#include <algorithm>

#include "core/check.hpp"

namespace sluice::uplink {
namespace {

constexpr double kGain = 2.0;

std::size_t bytes_in(double rate, Duration time) {
  return static_cast<std::size_t>(rate * to_seconds(time));
}

}  // namespace

void CongestionControl::reset() {
  *this = CongestionControl(limits_);
}

std::size_t CongestionControl::allowance() const {
  if (in_flight_batches_ >= limits_.batches_max) return 0;
  if (probing_ && in_flight_batches_ > 0) return 0;
  const std::size_t all = window();
  if (in_flight_bytes_ >= all) return 0;
  // One that fills the window alone would leave the link idle until its answer.
  const std::size_t piece =
      std::max(std::min(bytes_in(rate(), kBatchTime), all / 2), all / limits_.batches_max);
  return std::clamp(piece, limits_.batch_bytes_min, limits_.batch_bytes_max);
}

CongestionControl::Flight CongestionControl::sent(std::size_t bytes, Instant now) {
  if (in_flight_batches_ == 0) last_acknowledged_ = last_acknowledged_sent_ = now;
  ++in_flight_batches_;
  in_flight_bytes_ += bytes;
  return {bytes,
          now,
          last_acknowledged_sent_,
          last_acknowledged_,
          delivered_,
          delivered_ < idle_until_};
}

void CongestionControl::acknowledged(const Flight& flight, Instant now) {
  land(flight);
  delivered_ += flight.bytes;
  last_acknowledged_ = now;
  last_acknowledged_sent_ = std::max(last_acknowledged_sent_, flight.sent);
  take_round_trip(flight, now);
  take_rate(flight, now);
}

void CongestionControl::lost(const Flight& flight) {
  land(flight);
  rates_.fill(0.0);
}

void CongestionControl::forget(const Flight& flight) {
  land(flight);
}

double CongestionControl::rate() const {
  return *std::max_element(rates_.begin(), rates_.end());
}

std::size_t CongestionControl::window() const {
  const double known = rate();
  if (known == 0.0 || !round_trip_) return kFirstWindow;
  const std::size_t bytes =
      std::min(bytes_in(kGain * known, *round_trip_), bytes_in(known, kWindowTime));
  return std::max(bytes, 2 * limits_.batch_bytes_min);
}

// Of what was sent and of what was answered in the meantime the longer time counts: several answers
// may come at once.
void CongestionControl::take_rate(const Flight& flight, Instant now) {
  const Duration took = std::max(now - flight.acknowledged, flight.sent - flight.earlier_sent);
  if (took <= Duration::zero()) return;
  const double sample = static_cast<double>(delivered_ - flight.delivered) / to_seconds(took);
  if (flight.idle_after && sample < rate()) return;
  if (flight.delivered >= round_ends_) {
    round_ends_ = delivered_ + in_flight_bytes_;
    round_ = (round_ + 1) % rates_.size();
    rates_[round_] = 0.0;
  }
  rates_[round_] = std::max(rates_[round_], sample);
}

void CongestionControl::take_round_trip(const Flight& flight, Instant now) {
  const Duration sample = now - flight.sent;
  const bool alone = flight.delivered + flight.bytes == delivered_;
  const bool found_longer = probing_ && alone;
  if (!round_trip_ || sample <= *round_trip_ || found_longer) {
    // Whether the way got longer or the link slower is seen only as more is sent: the window stays
    // as it is, and grows from there.
    if (found_longer) slow_down(to_seconds(*round_trip_) / to_seconds(sample));
    round_trip_ = sample;
    round_trip_seen_ = now;
    probing_ = false;
  } else if (now - round_trip_seen_ > kRoundTripLife) {
    probing_ = true;
  }
}

void CongestionControl::slow_down(double factor) {
  for (double& rate : rates_) rate *= std::min(factor, 1.0);
}

void CongestionControl::land(const Flight& flight) {
  CHECK(in_flight_batches_ >= 1 && in_flight_bytes_ >= flight.bytes);
  --in_flight_batches_;
  in_flight_bytes_ -= flight.bytes;
}

}  // namespace sluice::uplink
