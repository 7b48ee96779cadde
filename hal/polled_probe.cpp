#include "hal/polled_probe.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

#include "core/check.hpp"

namespace sluice::hal {
namespace {

// Doublings after which kRestMax is reached from any period that is worth resting for.
constexpr int kDoublingsMax = 20;

// The first deadline of the grid of `deadline` that lies after `now`.
Instant next_on_grid(Instant deadline, Duration period, Instant now) {
  return deadline + ((now - deadline) / period + 1) * period;
}

// What is not there, not allowed or misnamed is no better for being asked again at once.
bool may_pass(ErrorCode code) {
  return code == ErrorCode::kUnavailable || code == ErrorCode::kTimeout ||
         code == ErrorCode::kCorrupt || code == ErrorCode::kUnreadable;
}

std::string milliseconds_of(Duration duration) {
  return std::to_string(std::chrono::ceil<std::chrono::milliseconds>(duration).count()) + " ms";
}

void tell(Standing& standing, std::string_view reason) {
  standing.reason = {};
  reason.copy(standing.reason.data(), Standing::kReasonMax);
}

}  // namespace

PolledProbe::PolledProbe(std::unique_ptr<Probe> probe, PolledSensor& sensor, const Options& options)
    : options_(options), probe_(std::move(probe)), sensor_(sensor) {
  CHECK(probe_ != nullptr && options.period > Duration::zero() && options.limit > Duration::zero());
  probe_->begin(options.period);
}

Instant PolledProbe::due() const {
  return started_ && !in_round_ ? deadline_ : Instant::min();
}

void PolledProbe::listen(Instant now) {
  CHECK(!unsettled());
  // New probes that are listened to together are due together from then on.
  if (!started_) {
    started_ = true;
    deadline_ = now;
  }
  if (!probe_->listen(now) || in_round_ || rests_ < 2 || deadline_ <= now) return;
  // The grid stays.
  deadline_ -= ((deadline_ - now) / options_.period) * options_.period;
}

void PolledProbe::measure(Instant now) {
  CHECK(!unsettled());
  if (!started_) {
    started_ = true;
    deadline_ = now;
  }
  if (!in_round_) {
    in_round_ = true;
    round_began_ = now;
    reads_ = 0;
  }
  ++reads_;
  measured_at_ = now;
  standing_.busy_since = now;
  board_.publish(standing_);
  outcome_ = probe_->measure(now);
}

void PolledProbe::settle(Instant now) {
  CHECK(unsettled());
  Result<double> outcome = *std::exchange(outcome_, std::nullopt);
  const Duration took = now - measured_at_;
  standing_.busy_since = Instant{};
  if (took > options_.limit) {
    ++standing_.timeouts;
    // A value that comes so late is of an unknown time.
    if (outcome.ok() || may_pass(outcome.error().code)) {
      outcome = Error{ErrorCode::kTimeout, "it took " + milliseconds_of(took) + " to answer; the " +
                                               "limit is " + milliseconds_of(options_.limit)};
    }
  }
  if (!outcome.ok()) tell(standing_, outcome.error().message);
  const bool again = !outcome.ok() && may_pass(outcome.error().code) && reads_ <= kRetriesMax &&
                     now - round_began_ < options_.limit;
  if (again) {
    ++standing_.retries;
    board_.publish(standing_);
    return;
  }

  in_round_ = false;
  const bool absent = !outcome.ok() && outcome.error().code == ErrorCode::kNotFound;
  Sample sample;
  if (outcome.ok()) {
    sample = {.value = *outcome, .quality = Quality::kGood};
  } else {
    sample = {.value = 0.0, .quality = absent ? Quality::kMissing : Quality::kFault};
  }
  sensor_.mailbox().publish({.taken = measured_at_, .sample = sample});
  judge(outcome.ok(), absent, now);
  schedule(now);
  board_.publish(standing_);
}

void PolledProbe::judge(bool good, bool absent, Instant now) {
  ++standing_.rounds;
  if (!good) ++standing_.failed;
  failures_ = good ? 0 : std::min(failures_ + 1, kFailuresUntilDown);
  const bool clean = good && reads_ == 1;
  clean_ = clean ? std::min(clean_ + 1, kCleanUntilUp) : 0;

  DriverState state = DriverState::kDegraded;
  if (absent || failures_ == kFailuresUntilDown) state = DriverState::kDown;
  // Down is left by one clean round, for a device that was put back works; degraded is not, for a
  // device that fails now and then has many of them.
  const bool was_degraded = standing_.state == DriverState::kDegraded;
  if (clean && (!was_degraded || clean_ == kCleanUntilUp)) state = DriverState::kUp;
  if (standing_.rounds == 1 || state != standing_.state) standing_.since = now;
  standing_.state = state;
  rests_ = state == DriverState::kDown ? std::min(rests_ + 1, kDoublingsMax) : 0;
}

void PolledProbe::schedule(Instant now) {
  const Duration period = options_.period;
  deadline_ = next_on_grid(deadline_, period, now);
  if (rests_ < 2) return;
  const std::int64_t periods = std::min((std::int64_t{1} << (rests_ - 1)) - 1, kRestMax / period);
  deadline_ += periods * period;
}

}  // namespace sluice::hal
