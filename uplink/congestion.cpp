#include "uplink/congestion.hpp"

#include <algorithm>
#include <utility>

#include "core/check.hpp"

namespace sluice::uplink {
namespace {

// Of what the path carries without a queue, while it is measured.
constexpr double kDrainedShare = 0.75;

}  // namespace

std::size_t CongestionControl::allowance() const {
  if (in_flight_batches_ >= limits_.batches_max || in_flight_bytes_ >= window_) return 0;
  // What comes after a quiet time is often all there is: in one batch it costs a third of what it
  // costs in four, and no more than the window is under way either way.
  if (idle_) return std::clamp(window_, limits_.batch_bytes_min, limits_.batch_bytes_max);
  // Batches are often smaller than they may be; their number is not to be what limits.
  return std::clamp(2 * window_ / limits_.batches_max, limits_.batch_bytes_min,
                    limits_.batch_bytes_max);
}

CongestionControl::Flight CongestionControl::sent(std::size_t bytes, Instant now) {
  ++in_flight_batches_;
  in_flight_bytes_ += bytes;
  return {bytes, now, round_, std::exchange(idle_, false)};
}

void CongestionControl::acknowledged(const Flight& flight, Instant now) {
  land(flight);
  if (phase_ == Phase::kSettling) {
    if (flight.round == round_) measure(now);
    return;
  }
  ++measured_.answers;
  measured_.bytes += flight.bytes;
  measured_.waited += now - flight.sent;
  measured_.idle = measured_.idle || flight.idle;
  if (measured_.answers >= kAnswers && flight.round == round_) conclude(now);
}

void CongestionControl::lost(const Flight& flight) {
  land(flight);
  shrink();
}

void CongestionControl::shrink() {
  window_ = kFirstWindow;
  draining_ = false;
  settle();
}

void CongestionControl::settle() {
  phase_ = Phase::kSettling;
  ++round_;
}

void CongestionControl::measure(Instant now) {
  phase_ = Phase::kMeasuring;
  ++round_;
  measured_ = {};
  measured_.began = now;
}

void CongestionControl::conclude(Instant now) {
  const Duration answer = measured_.waited / static_cast<Duration::rep>(measured_.answers);
  const Duration took = now - measured_.began;
  if (took > Duration::zero() && !measured_.idle)
    rate_ = static_cast<double>(measured_.bytes) / to_seconds(took);
  if (!path_ || draining_) {
    path_ = answer;
    path_measured_ = now;
  }
  draining_ = !measured_.idle && now - path_measured_ >= kPathLife;
  if (draining_) {
    set_window(kDrainedShare * rate_ * to_seconds(*path_));
  } else if (!measured_.idle) {
    set_window(
        std::min(rate_ * to_seconds(*path_ + kQueueTime), 2.0 * static_cast<double>(window_)));
  }
  settle();
}

void CongestionControl::set_window(double bytes) {
  const std::size_t most = limits_.batches_max * limits_.batch_bytes_max;
  window_ = std::clamp(static_cast<std::size_t>(std::min(bytes, static_cast<double>(most))),
                       2 * limits_.batch_bytes_min, most);
}

void CongestionControl::land(const Flight& flight) {
  CHECK(in_flight_batches_ >= 1 && in_flight_bytes_ >= flight.bytes);
  --in_flight_batches_;
  in_flight_bytes_ -= flight.bytes;
}

}  // namespace sluice::uplink
