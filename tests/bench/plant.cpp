#include "tests/bench/plant.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <random>

namespace sluice::bench {
namespace {

constexpr std::uint64_t kSeed = 20;
constexpr Instant kStart = instant_from_ns(86'400'123'000'000);

// Only the generator's bits are used: the distributions of the standard library differ from one to
// the next.
class Chance {
 public:
  double uniform() { return static_cast<double>(source_() >> 11) / 9007199254740992.0; }  // 2^53
  // Near enough to a normal distribution of deviation 1.
  double normal() {
    double sum = -6.0;
    for (int i = 0; i < 12; ++i) sum += uniform();
    return sum;
  }
  bool once_in(double count) { return uniform() < 1.0 / count; }

 private:
  std::mt19937_64 source_{kSeed};
};

enum class Kind { kDecimal, kScaled, kFloat, kCounter, kContact, kMeter };

// A quantity wanders around its mean and is read with noise. `fine` is the number of its smallest
// steps in one unit. A kCounter adds a whole number below `fine` each second; a kContact stays as
// it is for `fine` seconds on average.
struct Signal {
  const char* name;
  Kind kind;
  double mean;
  double wander;  // deviation of a second's step
  double noise;   // deviation of a reading
  double fine;
};

constexpr double kInputSpan = 10.0;     // volts
constexpr double kInputSteps = 4095.0;  // 12 bits
constexpr std::array kSignals{
    Signal{"hall.temperature", Kind::kDecimal, 21.5, 0.003, 0.005, 100.0},
    Signal{"hall.humidity", Kind::kDecimal, 44.0, 0.01, 0.02, 1000.0},
    Signal{"hall.pressure", Kind::kDecimal, 100'930.0, 0.4, 1.2, 1.0},
    Signal{"store.temperature", Kind::kDecimal, -18.4, 0.002, 0.005, 100.0},
    Signal{"store.humidity", Kind::kDecimal, 71.0, 0.01, 0.02, 1000.0},
    Signal{"store.pressure", Kind::kDecimal, 100'910.0, 0.4, 1.2, 1.0},
    Signal{"silo1.level", Kind::kScaled, 950.0, 0.7, 1.5, 0.0},
    Signal{"silo2.level", Kind::kScaled, 2'790.0, 0.7, 1.5, 0.0},
    Signal{"valve.position", Kind::kScaled, 3'100.0, 0.6, 1.4, 0.0},
    Signal{"feed.flow", Kind::kScaled, 1'600.0, 8.0, 1.5, 0.0},
    Signal{"meter.pulses", Kind::kCounter, 0.0, 0.0, 0.0, 5.0},
    Signal{"line.parts", Kind::kCounter, 0.0, 0.0, 0.0, 1.03},
    Signal{"door.open", Kind::kContact, 0.0, 0.0, 0.0, 600.0},
    Signal{"pump.on", Kind::kContact, 0.0, 0.0, 0.0, 2'000.0},
    Signal{"meter.energy", Kind::kMeter, 1'700.0, 10.0, 0.0, 1000.0},
    Signal{"motor.temperature", Kind::kFloat, 63.0, 0.05, 0.02, 10.0},
};

class Source {
 public:
  Source(const Signal& signal, Chance& chance)
      : signal_(signal), chance_(chance), state_(signal.mean) {}

  double next() {
    constexpr double kPull = 0.001;
    state_ += kPull * (signal_.mean - state_) + signal_.wander * chance_.normal();
    const double read = state_ + signal_.noise * chance_.normal();
    switch (signal_.kind) {
      case Kind::kDecimal:
        return std::nearbyint(read * signal_.fine) / signal_.fine;
      case Kind::kScaled:
        return std::clamp(std::nearbyint(read), 0.0, kInputSteps) * (kInputSpan / kInputSteps);
      case Kind::kFloat:
        return static_cast<float>(std::nearbyint(read * signal_.fine) / signal_.fine);
      case Kind::kCounter:
        return count_ += std::floor(chance_.uniform() * signal_.fine);
      case Kind::kContact:
        return count_ = chance_.once_in(signal_.fine) ? 1.0 - count_ : count_;
      case Kind::kMeter: {
        constexpr double kWattSecondsPerKwh = 3.6e6;
        count_ += state_ / kWattSecondsPerKwh;
        return std::nearbyint(count_ * signal_.fine) / signal_.fine;
      }
    }
    return 0.0;
  }

 private:
  const Signal& signal_;
  Chance& chance_;
  double state_;
  double count_ = 0.0;
};

// What a driver may hand over besides ordinary values.
Sample unusual(Chance& chance, double value) {
  constexpr std::uint64_t kNanWithPayload = 0x7FF8'0000'0000'0BADULL;
  switch (static_cast<int>(chance.uniform() * 10.0)) {
    case 0:
      return {std::bit_cast<double>(kNanWithPayload), Quality::kFault};
    case 1:
      return {std::numeric_limits<double>::infinity(), Quality::kFault};
    case 2:
      return {-0.0, Quality::kGood};
    case 3:
      return {value, Quality::kStale};
    default:
      return {0.0, Quality::kMissing};
  }
}

Instant stamp(const PlantOptions& options, Instant tick, std::size_t channel, Chance& chance) {
  if (options.stamps == Stamps::kTicks) return tick;
  // The channels are read one after the other, in a part of the cycle.
  const auto place = static_cast<std::int64_t>(channel);
  const auto share = static_cast<std::int64_t>(4 * options.channels);
  const auto jitter = std::chrono::microseconds(std::llround(120.0 * chance.normal()));
  const Instant time =
      std::chrono::floor<std::chrono::microseconds>(tick + options.cycle * place / share + jitter);
  if (options.stamps == Stamps::kMicroseconds) return time;
  return std::chrono::floor<std::chrono::milliseconds>(time);
}

std::string name_of(Stamps stamps) {
  switch (stamps) {
    case Stamps::kMicroseconds:
      return "us";
    case Stamps::kMilliseconds:
      return "ms";
    case Stamps::kTicks:
      return "tick";
  }
  return {};
}

}  // namespace

Recording plant(const PlantOptions& options) {
  Recording recording;
  recording.name = "plant, " + name_of(options.stamps) + " stamps";
  recording.is_log = true;
  recording.readings.reserve(options.readings_min + options.channels);
  Chance chance;
  std::vector<Source> sources;
  for (std::size_t i = 0; i < options.channels; ++i) {
    const Signal& signal = kSignals[i % kSignals.size()];
    DeclaredChannel channel{signal.name + std::to_string(i), std::nullopt, 0.0};
    if (signal.kind == Kind::kScaled) channel.scale = kInputSpan / kInputSteps;
    recording.channels.push_back(channel);
    sources.emplace_back(signal, chance);
  }
  for (Instant tick = kStart; recording.readings.size() < options.readings_min;
       tick += options.cycle) {
    for (std::size_t i = 0; i < sources.size(); ++i) {
      const double value = sources[i].next();
      const Sample sample =
          chance.once_in(1000.0) ? unusual(chance, value) : Sample{value, Quality::kGood};
      recording.readings.push_back({stamp(options, tick, i, chance), sample.value,
                                    static_cast<ChannelId>(i), sample.quality});
    }
  }
  return recording;
}

Recording vibration(std::size_t readings_min) {
  constexpr std::array<const char*, 3> kAxes{"motor.x", "motor.y", "motor.z"};
  constexpr double kScale = 16.0 * 9.80665 / 32768.0;  // 16 g over 16 bits
  constexpr double kRotationHz = 24.7;
  Recording recording;
  recording.name = "vibration";
  for (const char* name : kAxes) recording.channels.push_back({name, kScale, 0.0});
  Chance chance;
  for (std::int64_t ms = 0; recording.readings.size() < readings_min; ++ms) {
    const double turns = kRotationHz * static_cast<double>(ms) / 1e3;
    for (std::size_t i = 0; i < kAxes.size(); ++i) {
      double counts = i == 2 ? 2048.0 : 0.0;  // z carries the weight
      for (const int harmonic : {1, 2, 5}) {
        const double phase = 2.0 * std::numbers::pi * harmonic * turns + static_cast<double>(i);
        counts += 900.0 / harmonic * std::sin(phase);
      }
      const double value = std::nearbyint(counts + 12.0 * chance.normal()) * kScale;
      recording.readings.push_back({kStart + std::chrono::milliseconds(ms), value,
                                    static_cast<ChannelId>(i), Quality::kGood});
    }
  }
  return recording;
}

}  // namespace sluice::bench
