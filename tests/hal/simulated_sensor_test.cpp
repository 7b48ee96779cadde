#include "hal/simulated_sensor.hpp"

#include <bit>
#include <chrono>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>
#include <string>

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(SimulatedSensor) {
  SimulatedOptions options;
  const Instant start{seconds(7200)};

  SimulatedSensor open() {
    return SimulatedSensor::open(options).value();
  }
  double value_at(Duration since_start) {
    return open().read(start + since_start).value;
  }
  // Reads once a second up to `last`, and gives the sample of `last`.
  Sample read_up_to(int last) {
    SimulatedSensor sensor = open();
    Sample sample;
    for (int second = 0; second <= last; ++second) sample = sensor.read(start + seconds(second));
    return sample;
  }
  void add_fault(FaultKind kind, int from, int length, int every = 0) {
    options.faults.push_back({.kind = kind,
                              .from = seconds(from),
                              .length = seconds(length),
                              .spike = 100.0,
                              .every = seconds(every)});
  }
  static void check_bits(std::uint64_t bits, double value) {
    UNSIGNED_LONGLONGS_EQUAL(bits, std::bit_cast<std::uint64_t>(value));
  }
  void check_refused() {
    const Result<SimulatedSensor> opened = SimulatedSensor::open(options);
    CHECK_FALSE(opened.ok());
    CHECK_TRUE(opened.error().code == ErrorCode::kInvalid);
  }
};

TEST(SimulatedSensor, may_be_constant) {
  options = {.shape = Shape::kConstant, .mean = 21.5};
  DOUBLES_EQUAL(21.5, value_at(seconds(0)), 0.0);
  DOUBLES_EQUAL(21.5, value_at(seconds(17)), 0.0);
}

TEST(SimulatedSensor, may_be_a_sine) {
  options = {.shape = Shape::kSine, .mean = 10.0, .amplitude = 2.0, .period = seconds(60)};
  for (int ms = 0; ms < 60'000; ms += 7) {
    const double angle = 2.0 * std::numbers::pi * ms / 60'000.0;
    DOUBLES_EQUAL(10.0 + 2.0 * std::sin(angle), value_at(milliseconds(ms)), 1e-12);
  }
}

TEST(SimulatedSensor, keeps_the_phase_of_its_sine_after_a_year) {
  options = {.shape = Shape::kSine, .period = seconds(60)};
  DOUBLES_EQUAL(1.0, value_at(std::chrono::hours(24 * 365) + seconds(15)), 1e-12);
}

TEST(SimulatedSensor, may_step_up_and_down) {
  options = {.shape = Shape::kSteps, .mean = 1.0, .amplitude = 4.0, .period = seconds(60)};
  DOUBLES_EQUAL(1.0, value_at(seconds(0)), 0.0);
  DOUBLES_EQUAL(1.0, value_at(seconds(29)), 0.0);
  DOUBLES_EQUAL(5.0, value_at(seconds(30)), 0.0);
  DOUBLES_EQUAL(5.0, value_at(seconds(59)), 0.0);
  DOUBLES_EQUAL(1.0, value_at(seconds(60)), 0.0);
}

TEST(SimulatedSensor, may_be_noise_with_mean_and_deviation) {
  options = {.shape = Shape::kNoise, .mean = 50.0, .amplitude = 3.0};
  SimulatedSensor sensor = open();
  constexpr int kReads = 20'000;
  double sum = 0.0;
  double squares = 0.0;
  for (int i = 0; i < kReads; ++i) {
    const double deviation = sensor.read(start + milliseconds(i)).value - 50.0;
    sum += deviation;
    squares += deviation * deviation;
  }
  DOUBLES_EQUAL(0.0, sum / kReads, 0.1);
  DOUBLES_EQUAL(3.0, std::sqrt(squares / kReads), 0.1);
}

TEST(SimulatedSensor, walks_by_a_step_of_its_deviation_per_read) {
  options = {.shape = Shape::kRandomWalk, .mean = 50.0, .amplitude = 3.0};
  SimulatedSensor sensor = open();
  constexpr int kReads = 20'000;
  double before = 50.0;
  double squares = 0.0;
  for (int i = 0; i < kReads; ++i) {
    const double value = sensor.read(start + milliseconds(i)).value;
    squares += (value - before) * (value - before);
    before = value;
  }
  DOUBLES_EQUAL(3.0, std::sqrt(squares / kReads), 0.1);
}

TEST(SimulatedSensor, gives_each_seed_its_own_noise) {
  options = {.shape = Shape::kNoise, .seed = 1};
  const double first = value_at(seconds(1));
  options.seed = 2;
  CHECK_FALSE(first == value_at(seconds(1)));
}

TEST(SimulatedSensor, has_the_same_bits_on_every_machine) {
  // Computed once by other means; the point is that all processors agree.
  options = {.shape = Shape::kSine, .mean = 20.0, .amplitude = 3.7, .period = seconds(61)};
  check_bits(0x4037AF166D89680F, value_at(milliseconds(12'345)));
  options.shape = Shape::kNoise;
  check_bits(0x403A12802FB74FB8, value_at(milliseconds(12'345)));
  options.shape = Shape::kRandomWalk;
  check_bits(0x4034211A027F3806, read_up_to(100).value);
}

TEST(SimulatedSensor, rounds_to_the_nearest_decimal) {
  options = {.shape = Shape::kConstant, .mean = 0.3004, .resolution = 0.1};
  CHECK_TRUE(value_at(seconds(0)) == 0.3);
  options = {.shape = Shape::kConstant, .mean = 20.129, .resolution = 0.01};
  CHECK_TRUE(value_at(seconds(0)) == 20.13);
}

TEST(SimulatedSensor, rounds_to_multiples_of_any_resolution) {
  options = {.shape = Shape::kConstant, .mean = 1001.0, .resolution = 25.0};
  DOUBLES_EQUAL(1000.0, value_at(seconds(0)), 0.0);
  options = {.shape = Shape::kConstant, .mean = 1.0, .resolution = 0.7};
  DOUBLES_EQUAL(0.7, value_at(seconds(0)), 1e-15);
}

TEST(SimulatedSensor, does_not_round_to_a_negative_zero) {
  options = {.shape = Shape::kConstant, .mean = -0.001, .resolution = 0.1};
  CHECK_FALSE(std::signbit(value_at(seconds(0))));
}

TEST(SimulatedSensor, says_it_is_well_while_its_value_is_not_a_number) {
  add_fault(FaultKind::kNotANumber, 10, 5);
  CHECK_TRUE(std::isnan(read_up_to(12).value));
  LONGS_EQUAL(Quality::kGood, read_up_to(12).quality);
}

TEST(SimulatedSensor, repeats_its_last_value_while_it_is_stuck) {
  options = {.shape = Shape::kNoise};
  add_fault(FaultKind::kStuck, 10, 5);
  DOUBLES_EQUAL(value_at(seconds(9)), read_up_to(10).value, 0.0);
  DOUBLES_EQUAL(value_at(seconds(9)), read_up_to(14).value, 0.0);
  DOUBLES_EQUAL(value_at(seconds(15)), read_up_to(15).value, 0.0);
}

TEST(SimulatedSensor, is_stuck_at_its_first_value_from_the_start) {
  options = {.shape = Shape::kNoise};
  add_fault(FaultKind::kStuck, 0, 5);
  DOUBLES_EQUAL(value_at(seconds(0)), read_up_to(4).value, 0.0);
}

TEST(SimulatedSensor, adds_a_spike) {
  options.mean = 7.0;
  add_fault(FaultKind::kSpike, 10, 1);
  DOUBLES_EQUAL(107.0, read_up_to(10).value, 0.0);
  DOUBLES_EQUAL(7.0, read_up_to(11).value, 0.0);
}

TEST(SimulatedSensor, is_at_fault_while_it_does_not_answer) {
  add_fault(FaultKind::kTimeout, 10, 5);
  LONGS_EQUAL(Quality::kFault, read_up_to(10).quality);
}

TEST(SimulatedSensor, is_missing_while_it_is_absent) {
  add_fault(FaultKind::kAbsent, 10, 5);
  LONGS_EQUAL(Quality::kMissing, read_up_to(10).quality);
}

TEST(SimulatedSensor, misbehaves_from_the_first_instant_of_a_fault_to_the_last) {
  add_fault(FaultKind::kAbsent, 10, 5);
  LONGS_EQUAL(Quality::kGood, read_up_to(9).quality);
  LONGS_EQUAL(Quality::kMissing, read_up_to(10).quality);
  LONGS_EQUAL(Quality::kMissing, read_up_to(14).quality);
  LONGS_EQUAL(Quality::kGood, read_up_to(15).quality);
}

TEST(SimulatedSensor, repeats_a_fault_with_its_period) {
  add_fault(FaultKind::kAbsent, 10, 5, 100);
  LONGS_EQUAL(Quality::kMissing, read_up_to(312).quality);
  LONGS_EQUAL(Quality::kGood, read_up_to(316).quality);
}

TEST(SimulatedSensor, shows_the_first_of_two_faults) {
  add_fault(FaultKind::kTimeout, 10, 5);
  add_fault(FaultKind::kAbsent, 10, 10);
  LONGS_EQUAL(Quality::kFault, read_up_to(12).quality);
  LONGS_EQUAL(Quality::kMissing, read_up_to(16).quality);
}

TEST(SimulatedSensor, keeps_every_sample_in_its_ledger) {
  TemporaryFolder folder;
  options = {.shape = Shape::kNoise};
  options.ledger = folder.path_of("ledger");
  options.ledger_records = 100;
  add_fault(FaultKind::kTimeout, 1, 1);
  SimulatedSensor sensor = open();
  for (int second = 0; second < 3; ++second) {
    const Instant tick = start + seconds(second);
    const Sample sample = sensor.read(tick);
    const LedgerRecord record = read_ledger(options.ledger).value().back();
    LONGLONGS_EQUAL(to_ns(tick), record.tick_ns);
    DOUBLES_EQUAL(sample.value, record.value, 0.0);
    LONGS_EQUAL(sample.quality, record.quality);
  }
}

TEST(SimulatedSensor, does_not_open_without_its_ledger) {
  options.ledger = "/absent/ledger";
  CHECK_FALSE(SimulatedSensor::open(options).ok());
}

TEST(SimulatedSensor, refuses_impossible_options) {
  options = {.mean = std::nan("")};
  check_refused();
  options = {.amplitude = std::numeric_limits<double>::infinity()};
  check_refused();
  options = {.resolution = -0.1};
  check_refused();
  options = {.period = Duration::zero()};
  check_refused();
  options = {};
  add_fault(FaultKind::kStuck, 1, 0);
  check_refused();
}
