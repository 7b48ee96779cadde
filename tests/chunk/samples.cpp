#include "tests/chunk/samples.hpp"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "chunk/readings.hpp"
#include "core/quantile_sketch.hpp"
#include "tests/chunk/damage.hpp"
#include "tests/chunk/made_data.hpp"

namespace sluice::chunk {
namespace {

using Limits = std::numeric_limits<double>;

constexpr std::int64_t kSecond = 1'000'000'000;
constexpr std::int64_t kMillisecond = 1'000'000;

class Samples {
 public:
  // `count` readings; stamp and value of each are `time(i)` and `value(i)`.
  template <typename Time, typename Value>
  void add(const char* name, std::int64_t count, Time time, Value value, ValueHint hint = {}) {
    ChannelSample sample{name, {}, hint};
    const ChannelId channel{static_cast<std::uint16_t>(samples_.size())};
    for (std::int64_t i = 0; i < count; ++i) {
      sample.readings.push_back(
          {instant_from_ns(time(i)), static_cast<double>(value(i)), channel, Quality::kGood});
    }
    samples_.push_back(std::move(sample));
  }
  // On a grid of 100 ms.
  template <typename Value>
  void add(const char* name, std::int64_t count, Value value, ValueHint hint = {}) {
    add(
        name, count, [](std::int64_t i) { return kSecond + i * 100 * kMillisecond; }, value, hint);
  }

  std::vector<Reading>& last() { return samples_.back().readings; }
  std::vector<ChannelSample> take() { return std::move(samples_); }

 private:
  std::vector<ChannelSample> samples_;
};

double tenths(std::int64_t integer) {
  return static_cast<double>(integer) / 10;
}

// Columns that each predictor fits best.
void add_predicted(Samples& samples, Made& made) {
  std::int64_t walk = 0;
  samples.add("constant", 100, [](auto) { return 21.5; });
  samples.add("one", 1, [](auto) { return -7.25; });
  samples.add("walk", 400, [&](auto) { return tenths(walk += made.noise(6)); });
  for (const std::int64_t steps : {1, 2, 4, 7, 12, 20}) {
    samples.add("walk under noise", 400,
                [&](auto) { return tenths((walk += made.noise(steps)) + made.noise(20)); });
  }
  for (const std::int64_t noise : {0, 1, 2, 4, 8, 16, 30}) {
    samples.add("ramp", 400, [&](auto i) { return tenths(i * 417 / 100 + made.noise(noise)); });
  }
  samples.add("counter", 400, [&](auto) { return static_cast<double>(walk += made.below(5)); });
  for (const std::int64_t steps : {1, 3, 9}) {
    std::int64_t ahead = 0;
    samples.add("counter under noise", 400,
                [&](auto) { return tenths((ahead += 40 + made.noise(steps)) + made.noise(9)); });
  }
  std::int64_t slope = 0;
  std::int64_t bend = 0;
  samples.add("line", 400, [&](auto) { return tenths(walk += (slope += made.noise(4))); });
  samples.add("parabola", 400,
              [&](auto) { return tenths(walk += (slope += (bend += made.noise(2)))); });
  std::int64_t last = 0;
  std::int64_t before = 0;
  samples.add("vibration", 400, [&](auto) {
    const std::int64_t next = (last * 158 - before * 98) / 100 + made.noise(50);
    before = last;
    return tenths(last = next);
  });
  samples.add("base with strays", 400,
              [&](auto) { return tenths(made.below(10) == 0 ? made.below(1'000) : 215); });
  samples.add("divided", 400, [&](auto) { return static_cast<double>(125 * made.noise(9)); });
  samples.add("spikes", 400, [&](auto) {
    return made.below(9) == 0 ? static_cast<double>(made.bits() >> 20) / 10 : 0.0;
  });
}

// Values of every form.
void add_forms(Samples& samples, Made& made) {
  const ValueHint hint{.scale = 3.3 / 4095, .offset = -1.5};
  samples.add(
      "calibrated", 300,
      [&](auto) { return static_cast<double>(900 + made.noise(9)) * hint.scale + hint.offset; },
      hint);
  const ValueHint power{.scale = 5.0 / 1024};
  samples.add(
      "over a power", 300,
      [&](auto) { return static_cast<double>(900 + made.noise(9)) * power.scale; }, power);
  const ValueHint odd{.scale = 1.2345678901234567e-30, .offset = 0.1e-30};
  samples.add(
      "odd calibration", 300,
      [&](auto) { return static_cast<double>(900 + made.noise(9)) * odd.scale + odd.offset; }, odd);
  samples.add("undeclared calibration", 300,
              [&](auto) { return static_cast<double>(700 + made.noise(40)) * (3.3 / 4095); });
  samples.add("floats", 300, [&](auto) {
    return static_cast<double>(static_cast<float>(tenths(2'000 + made.noise(9))));
  });
  samples.add("binary", 300,
              [&](auto) { return static_cast<double>(made.noise(1 << 20)) / (1 << 22); });
  samples.add("dictionary", 300, [&](auto) {
    constexpr double kOdd[] = {1e-300, 2.718281828459045, -0.0, 3.141592653589793e200};
    return kOdd[made.below(4)];
  });
  samples.add("any bits", 300, [&](auto) { return std::bit_cast<double>(made.bits()); });
  samples.add("noise of full precision", 300, [&](auto) {
    return 20.0 + static_cast<double>(made.bits() >> 12) / 4503599627370496.0;
  });
}

// Stamps of every mode, up to the ends of what a stamp can be.
void add_times(Samples& samples, Made& made) {
  const auto decimals = [&](auto) { return tenths(made.noise(30)); };
  samples.add(
      "jitter", 300, [&](auto i) { return i * kSecond / 10 + made.below(900) * 1'000; }, decimals);
  std::int64_t time = -5 * kSecond;
  samples.add(
      "ticks missing", 300,
      [&](auto) { return time += kSecond / 10 * (made.below(30) == 0 ? 7 : 1) + made.below(90); },
      decimals);
  samples.add(
      "any stamps", 300,
      [&](auto) { return time += made.below(std::int64_t{1} << made.below(50)); }, decimals);
  samples.add(
      "ends of time", 3,
      [](auto i) { return i == 1 ? 7 : (i - 1) * std::numeric_limits<std::int64_t>::max(); },
      decimals);
  samples.add(
      "equal stamps", 5, [](auto) { return 9; }, decimals);
}

// Values that are none, and qualities that go with them or not.
void add_exceptions(Samples& samples, Made& made) {
  const double payload = std::bit_cast<double>(std::uint64_t{0xFFF8'0000'DEAD'BEEFU});
  const double odd[] = {Limits::quiet_NaN(), Limits::infinity(), -Limits::infinity(), -0.0, payload,
                        Limits::denorm_min()};
  for (const bool apart : {false, true}) {
    samples.add("exceptions", 500, [&](auto) { return tenths(made.noise(99)); });
    std::vector<Reading>& readings = samples.last();
    std::size_t at = 3;
    for (int round = 0; round < 12; ++round, at += 30) {
      for (std::size_t i = 0; i < static_cast<std::size_t>(1 + round % 4); ++i) {
        readings[at + i].value = odd[round / 2];
        readings[at + i].quality = static_cast<Quality>(1 + round % (kQualityCount - 1));
      }
      if (apart) readings[at + 10].quality = Quality::kStale;
    }
  }
  samples.add("nothing but missing", 50, [](auto) { return Limits::quiet_NaN(); });
  for (Reading& reading : samples.last()) reading.quality = Quality::kMissing;
}

}  // namespace

std::vector<ChannelSample> reading_samples() {
  Samples samples;
  Made made(2026);
  add_predicted(samples, made);
  add_forms(samples, made);
  add_times(samples, made);
  add_exceptions(samples, made);
  return samples.take();
}

std::vector<Rejected> rejected_sample() {
  Made made(11);
  std::vector<Rejected> rejected;
  for (std::int64_t i = 0; i < 200; ++i) {
    rejected.push_back({{instant_from_ns(i * kSecond),
                         made.below(3) == 0 ? Limits::quiet_NaN() : tenths(made.noise(999)),
                         ChannelId{7}, Quality::kFault},
                        static_cast<std::uint8_t>(made.below(3) * 100)});
  }
  return rejected;
}

std::vector<Event> event_sample() {
  RunId run;
  run.bytes.fill(9);
  return {
      RunStarted{instant_from_ns(1), "boot-id", "0.1.0", "c0ffee"},
      ChannelDeclared{
          instant_from_ns(2), ChannelId{4}, "cpu.load", "\xC2\xB0\x43", Duration(500), {0.5, -0.0}},
      ChannelDeclared{instant_from_ns(2), ChannelId{0}, "plain", "", Duration(1), {}},
      AlertDeclared{instant_from_ns(3), AlertId{5}, ChannelId{4}, "hot", "above 80, clear 75"},
      ConfigApplied{instant_from_ns(4), "c0ffee"},
      AlertEvent{instant_from_ns(5), 81.3, 3, AlertId{5}, ChannelId{4}, AlertChange::kEscalated,
                 Severity::kCritical},
      ClockRecord{instant_from_ns(6), wall_time_from_ns(1'700'000'000'000'000'001), Duration(50),
                  true},
      Gap{instant_from_ns(7), run, Stream::kRaw, GapReason::kQuota, ChannelId{2}, 3, 5, 300,
          instant_from_ns(-1), Instant::max()},
      DriverChanged{instant_from_ns(7), ChannelId{4}, DriverState::kDown, "no such device"},
      DriverChanged{instant_from_ns(8), ChannelId{4}, DriverState::kUp, ""},
      RunEnded{instant_from_ns(8), 12'345},
      SafeModeEntered{instant_from_ns(9), "it crashed"}};
}

std::vector<Rollup> rollup_sample() {
  constexpr std::int64_t kBegin = 1'234'567'890'123;
  constexpr std::int64_t kHour = 3'600 * kSecond;
  Made made(60);
  std::vector<Reading> readings;
  std::int64_t walk = 50;
  for (std::int64_t time = kBegin + 400 * kMillisecond; time < kBegin + kHour; time += kSecond) {
    const std::int64_t minute = (time - kBegin) / (60 * kSecond);
    const Quality bad = minute % 3 == 0 ? Quality::kFault : Quality::kMissing;
    const bool is_bad = minute == 0 || minute == 30 || made.below(40) == 0;
    readings.push_back({instant_from_ns(time), tenths(walk += made.noise(2)), ChannelId{7},
                        is_bad ? bad : Quality::kGood});
  }
  std::vector<Rollup> rollups;
  for (const std::int64_t length : {60 * kSecond, 900 * kSecond, kHour}) {
    for (std::int64_t begin = kBegin; begin < kBegin + kHour; begin += length) {
      Rollup rollup{instant_from_ns(begin), Duration(length), 0, {}, {}};
      if (begin == kBegin + 120 * kSecond) rollup.revision = 3;
      QuantileSketch sketch;
      for (const Reading& reading : readings) {
        if (reading.time < rollup.begin || reading.time >= rollup.end()) continue;
        rollup.summary.add(to_ns(reading.time), reading.value, reading.quality);
        if (has_good_value(reading.quality)) sketch.add(reading.value);
      }
      rollup.quantiles = rollup_quantiles(sketch);
      rollups.push_back(rollup);
    }
  }
  return rollups;
}

std::vector<Chunk> raw_chunks(const std::vector<ChannelSample>& samples) {
  std::vector<Chunk> chunks;
  for (const ChannelSample& sample : samples) {
    chunks.push_back(keyed(encode_readings(sample.readings, sample.hint), chunks.size() + 1));
  }
  return chunks;
}

}  // namespace sluice::chunk
