#include "hal/simulated_sensor.hpp"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <utility>

namespace sluice::hal {
namespace {

// Share of the period that has gone by, 0 to below 1. The division is done on whole nanoseconds, so
// that a long uptime costs no precision.
double phase_of(Instant tick, Duration period) {
  return static_cast<double>(to_ns(tick.time_since_epoch() % period)) /
         static_cast<double>(to_ns(period));
}

// Taylor series of the sine up to the 17th power, within 5e-14 on the quarter wave.
double sine_of_quarter(double angle) {
  const double square = angle * angle;
  double sum = 1.0;
  for (int power = 17; power >= 3; power -= 2) sum = 1.0 - square / (power * (power - 1)) * sum;
  return angle * sum;
}

// Sine of a whole turn times `phase`, 0 <= phase < 1.
double sine_of_turn(double phase) {
  const bool is_second_half = phase >= 0.5;
  const double half = is_second_half ? phase - 0.5 : phase;
  const double quarter = half > 0.25 ? 0.5 - half : half;
  const double sine = sine_of_quarter(2.0 * std::numbers::pi * quarter);
  return is_second_half ? -sine : sine;
}

// 64 well mixed bits of a number: xors with shifts and odd multiplications, each of which can be
// undone, so that different numbers stay different.
std::uint64_t mixed(std::uint64_t bits) {
  bits ^= bits >> 32;
  bits *= 0x9E3779B97F4A7C15;
  bits ^= bits >> 29;
  bits *= 0xD1B54A32D192ED03;
  bits ^= bits >> 32;
  return bits;
}

// Normally distributed to the eye, with mean 0 and deviation 1: the sum of eight even 16-bit
// numbers, which ends at 4.9 deviations.
double normal_at(std::uint64_t seed, Instant tick) {
  std::uint64_t bits = mixed(mixed(seed) + static_cast<std::uint64_t>(to_ns(tick)));
  std::int64_t sum = 0;
  for (int half = 0; half < 2; ++half) {
    for (int shift = 0; shift < 64; shift += 16) {
      sum += static_cast<std::int64_t>((bits >> shift) & 0xFFFF);
    }
    bits = mixed(bits + 1);
  }
  constexpr std::int64_t kMeanOfSum = 8 * 0xFFFF / 2;
  // Square root of 8 * (2^32 - 1) / 12, the variance of the sum.
  constexpr double kDeviationOfSum = 53509.92;
  return static_cast<double>(sum - kMeanOfSum) / kDeviationOfSum;
}

bool holds(const SimulatedFault& fault, Duration elapsed) {
  if (elapsed < fault.from) return false;
  Duration since = elapsed - fault.from;
  if (fault.every > Duration::zero()) since %= fault.every;
  return since < fault.length;
}

bool is_possible(const SimulatedOptions& options) {
  const bool finite = std::isfinite(options.mean) && std::isfinite(options.amplitude) &&
                      std::isfinite(options.resolution);
  return finite && options.resolution >= 0.0 && options.period > Duration::zero() &&
         std::all_of(options.faults.begin(), options.faults.end(), [](const SimulatedFault& fault) {
           return fault.from >= Duration::zero() && fault.length > Duration::zero() &&
                  fault.every >= Duration::zero() && std::isfinite(fault.spike);
         });
}

}  // namespace

Result<SimulatedSensor> SimulatedSensor::open(const SimulatedOptions& options) {
  if (!is_possible(options)) {
    return Error{ErrorCode::kInvalid,
                 "a simulated sensor needs finite numbers, a resolution of 0 or more, and a period "
                 "and faults that last longer than 0 s"};
  }
  std::optional<Ledger> ledger;
  if (!options.ledger.empty()) {
    Result<Ledger> opened = Ledger::open(options.ledger, options.ledger_records);
    if (!opened) return opened.error();
    ledger = *std::move(opened);
  }
  return SimulatedSensor(options, std::move(ledger));
}

SimulatedSensor::SimulatedSensor(const SimulatedOptions& options, std::optional<Ledger> ledger)
    : options_(options), ledger_(std::move(ledger)) {
  if (options.resolution <= 0.0) return;
  const double steps = std::round(1.0 / options.resolution);
  constexpr double kRounding = 1e-12;
  if (std::abs(steps * options.resolution - 1.0) < kRounding) steps_per_unit_ = steps;
}

Sample SimulatedSensor::read(Instant tick) noexcept {
  if (!first_) first_ = tick;
  const double shape = shape_at(tick);  // the walk goes on behind a fault
  const SimulatedFault* const fault = fault_at(tick);
  if (!unstuck_ || !fault || fault->kind != FaultKind::kStuck) unstuck_ = shape;

  Sample sample{.value = *unstuck_, .quality = Quality::kGood};
  if (fault) {
    switch (fault->kind) {
      case FaultKind::kNotANumber:
        sample.value = std::numeric_limits<double>::quiet_NaN();
        break;
      case FaultKind::kStuck:
        break;
      case FaultKind::kSpike:
        sample.value += fault->spike;
        break;
      case FaultKind::kTimeout:
        sample = {.value = 0.0, .quality = Quality::kFault};
        break;
      case FaultKind::kAbsent:
        sample = {.value = 0.0, .quality = Quality::kMissing};
        break;
    }
  }
  if (ledger_) ledger_->append(tick, sample);
  return sample;
}

double SimulatedSensor::shape_at(Instant tick) {
  const SimulatedOptions& o = options_;
  double offset = 0.0;
  switch (o.shape) {
    case Shape::kConstant:
      break;
    case Shape::kSine:
      offset = o.amplitude * sine_of_turn(phase_of(tick, o.period));
      break;
    case Shape::kNoise:
      offset = o.amplitude * normal_at(o.seed, tick);
      break;
    case Shape::kRandomWalk:
      walk_ += o.amplitude * normal_at(o.seed, tick);
      offset = walk_;
      break;
    case Shape::kSteps:
      offset = phase_of(tick, o.period) < 0.5 ? 0.0 : o.amplitude;
      break;
  }
  return rounded(o.mean + offset);
}

// Dividing by 100 gives the double nearest to a decimal, as a device with that many digits would;
// multiplying by 0.01 would not. Adding zero turns -0 into 0, which no device shows.
double SimulatedSensor::rounded(double value) const {
  if (options_.resolution <= 0.0) return value;
  if (steps_per_unit_ > 0.0) return std::round(value * steps_per_unit_) / steps_per_unit_ + 0.0;
  return std::round(value / options_.resolution) * options_.resolution + 0.0;
}

const SimulatedFault* SimulatedSensor::fault_at(Instant tick) const {
  for (const SimulatedFault& fault : options_.faults) {
    if (holds(fault, tick - *first_)) return &fault;
  }
  return nullptr;
}

}  // namespace sluice::hal
