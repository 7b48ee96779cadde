#include "hal/drivers/gpio_driver.hpp"

#include <chrono>
#include <memory>
#include <string>

#include "tests/hal/buses/fake_gpio_line.hpp"
#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::microseconds;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

using Mode = GpioProbe::Mode;
using Use = GpioRequest::Use;

const std::string kLines = "driver = \"gpio\"\nchip = \"gpiochip999\"\nline = \"17\"\n";

}  // namespace

TEST_GROUP(GpioDriver) {
  Wire wire;

  GpioProbe probe(Mode mode, Duration debounce = Duration::zero(),
                  EdgeCounter::Counted counted = EdgeCounter::Counted::kRising) {
    return GpioProbe(std::make_unique<FakeGpioLine>(wire),
                     {.mode = mode, .edges = {.counted = counted, .debounce = debounce}});
  }
  static Result<double> measure(GpioProbe & probe) {
    return probe.measure(Instant(seconds(1)));
  }
  static void check_code(ErrorCode code, GpioProbe & probe) {
    const Result<double> measured = measure(probe);
    CHECK_FALSE(measured.ok());
    LONGS_EQUAL(code, measured.error().code);
  }
  // As a worker that comes round every millisecond.
  void pulses_at_work(GpioProbe & probe, int count, Duration half) {
    for (Duration done{}; count > 0; --count) {
      wire.pulse(half);
      done += 2 * half;
      if (done < milliseconds(1)) continue;
      done = Duration::zero();
      probe.attend();
    }
    probe.attend();
  }
};

TEST(GpioDriver, reads_the_level) {
  GpioProbe level = probe(Mode::kLevel);
  DOUBLES_EQUAL(0.0, measure(level).value(), 0.0);
  wire.turn(true);
  DOUBLES_EQUAL(1.0, measure(level).value(), 0.0);
  CHECK_TRUE(wire.request->use == Use::kInput);
  CHECK_EQUAL(-1, level.wakes_by());
}

TEST(GpioDriver, asks_for_the_edges_that_count_and_for_both_to_tell_a_bounce) {
  using Counted = EdgeCounter::Counted;
  const auto use = [&](Mode mode, Duration debounce, Counted counted) {
    GpioProbe made = probe(mode, debounce, counted);
    CHECK_TRUE(measure(made).ok());
    return wire.request->use;
  };
  CHECK_TRUE(use(Mode::kCount, {}, Counted::kRising) == Use::kRisingEdges);
  CHECK_TRUE(use(Mode::kRate, {}, Counted::kFalling) == Use::kFallingEdges);
  CHECK_TRUE(use(Mode::kCount, {}, Counted::kBoth) == Use::kBothEdges);
  CHECK_TRUE(use(Mode::kCount, milliseconds(5), Counted::kRising) == Use::kBothEdges);
  CHECK_TRUE(use(Mode::kLevel, milliseconds(5), Counted::kRising) == Use::kBothEdges);
}

TEST(GpioDriver, counts_what_came_between_two_measurements) {
  GpioProbe counting = probe(Mode::kCount);
  DOUBLES_EQUAL(0.0, measure(counting).value(), 0.0);
  CHECK_EQUAL(FakeGpioLine::kDescriptor, counting.wakes_by());
  wire.pulses(15, milliseconds(10));
  DOUBLES_EQUAL(15.0, measure(counting).value(), 0.0);
  pulses_at_work(counting, 1'000, microseconds(100));
  DOUBLES_EQUAL(1'015.0, measure(counting).value(), 0.0);
}

TEST(GpioDriver, measures_the_rate) {
  GpioProbe rate = probe(Mode::kRate);
  CHECK_TRUE(measure(rate).ok());
  pulses_at_work(rate, 2'000, microseconds(250));
  DOUBLES_EQUAL(2'000.0, measure(rate).value(), 1e-6);
}

TEST(GpioDriver, counts_a_contact_that_bounces_once) {
  GpioProbe counting = probe(Mode::kCount, milliseconds(10));
  CHECK_TRUE(measure(counting).ok());
  for (int press = 0; press < 3; ++press) {
    for (const bool end : {true, false}) {
      wire.pulses(5, microseconds(300));
      wire.turn(end, microseconds(300));
      counting.attend();
      wire.now += milliseconds(50);
    }
  }
  DOUBLES_EQUAL(3.0, measure(counting).value(), 0.0);
}

TEST(GpioDriver, loses_nothing_when_a_bounce_has_more_edges_than_the_kernel_keeps) {
  GpioProbe counting = probe(Mode::kCount, milliseconds(10));
  CHECK_TRUE(measure(counting).ok());
  wire.pulses(30, microseconds(20));
  wire.turn(true, microseconds(20));
  CHECK_TRUE(wire.dropped > 0);
  counting.attend();
  wire.now += milliseconds(20);
  DOUBLES_EQUAL(1.0, measure(counting).value(), 0.0);
}

TEST(GpioDriver, debounces_the_level_too) {
  GpioProbe level = probe(Mode::kLevel, milliseconds(10));
  CHECK_TRUE(measure(level).ok());
  wire.turn(true, seconds(1));
  wire.now += milliseconds(5);
  DOUBLES_EQUAL(0.0, measure(level).value(), 0.0);
  wire.now += milliseconds(5);
  DOUBLES_EQUAL(1.0, measure(level).value(), 0.0);
}

TEST(GpioDriver, says_when_edges_were_lost_and_counts_on) {
  GpioProbe counting = probe(Mode::kCount);
  CHECK_TRUE(measure(counting).ok());
  wire.pulses(20, milliseconds(1));
  LONGS_EQUAL(4, wire.dropped);
  check_code(ErrorCode::kFull, counting);
  DOUBLES_EQUAL(16.0, measure(counting).value(), 0.0);
  wire.pulse(milliseconds(1));
  DOUBLES_EQUAL(17.0, measure(counting).value(), 0.0);
}

TEST(GpioDriver, lets_a_line_go_that_is_stormed_and_asks_for_it_again) {
  GpioProbe counting = probe(Mode::kCount);
  CHECK_TRUE(measure(counting).ok());
  const int before_the_storm = wire.reads;
  // 100,000 edges a second for ten seconds.
  pulses_at_work(counting, 1'000'000, microseconds(5));
  CHECK_FALSE(wire.taken());
  CHECK_EQUAL(-1, counting.wakes_by());
  CHECK_EQUAL(GpioProbe::kFullReadsMax, wire.reads - before_the_storm);

  check_code(ErrorCode::kFull, counting);
  CHECK_TRUE(wire.taken());
  pulses_at_work(counting, 100'000, microseconds(5));
  CHECK_FALSE(wire.taken());
  check_code(ErrorCode::kFull, counting);
  // The storm is over.
  const double counted = measure(counting).value();
  wire.pulses(3, milliseconds(10));
  DOUBLES_EQUAL(counted + 3.0, measure(counting).value(), 0.0);
}

TEST(GpioDriver, takes_short_bursts_for_no_storm) {
  GpioProbe counting = probe(Mode::kCount);
  CHECK_TRUE(measure(counting).ok());
  for (int burst = 0; burst < 5; ++burst) {
    pulses_at_work(counting, 5'000, microseconds(5));
    counting.attend();
  }
  CHECK_TRUE(wire.taken());
  check_code(ErrorCode::kFull, counting);
}

TEST(GpioDriver, is_absent_without_its_chip_and_counts_on_when_it_is_back) {
  GpioProbe counting = probe(Mode::kCount);
  CHECK_TRUE(measure(counting).ok());
  wire.pulses(3, milliseconds(10));
  CHECK_TRUE(measure(counting).ok());
  wire.failure = Error{ErrorCode::kNotFound, "no such device"};
  check_code(ErrorCode::kNotFound, counting);
  CHECK_EQUAL(-1, counting.wakes_by());
  check_code(ErrorCode::kNotFound, counting);
  wire.failure.reset();
  DOUBLES_EQUAL(3.0, measure(counting).value(), 0.0);
}

TEST(GpioDriver, does_not_hide_that_the_chip_was_away_between_two_measurements) {
  GpioProbe counting = probe(Mode::kCount);
  CHECK_TRUE(measure(counting).ok());
  wire.failure = Error{ErrorCode::kNotFound, "no such device"};
  counting.attend();
  CHECK_EQUAL(-1, counting.wakes_by());
  wire.failure.reset();
  check_code(ErrorCode::kFull, counting);
  CHECK_TRUE(measure(counting).ok());
}

TEST(GpioDriver, says_when_somebody_else_has_the_line) {
  FakeGpioLine other(wire);
  CHECK_TRUE(other.request({}).ok());
  GpioProbe level = probe(Mode::kLevel);
  check_code(ErrorCode::kUnavailable, level);
  other.release();
  CHECK_TRUE(measure(level).ok());
}

TEST(GpioDriver, waits_for_no_other_chip) {
  STRCMP_EQUAL("gpio:gpiochip999", Configured(kLines).open.bus.c_str());
}

TEST(GpioDriver, is_absent_where_there_is_no_such_chip) {
  Configured level(kLines);
  CHECK_TRUE(level.failure() == ErrorCode::kNotFound);
}

TEST(GpioDriver, takes_a_line_once) {
  const std::string both = kLines + "[[channel]]\nname = \"d\"\nunit = \"1\"\n" + kLines;
  STRCMP_CONTAINS("gpio:gpiochip999 line 17 is read by driver \"gpio\" in line",
                  Configured::problems_of(both).c_str());
}

TEST(GpioDriver, takes_words_that_it_knows) {
  STRCMP_CONTAINS("mode: ", Configured::problems_of(kLines + "mode = \"counts\"\n").c_str());
  STRCMP_CONTAINS("debounce: ", Configured::problems_of(kLines + "debounce = \"1us\"\n").c_str());
  STRCMP_EQUAL(
      "", Configured::problems_of(kLines + "mode = \"rate\"\nedge = \"both\"\nbias = \"pull-up\"\n"
                                           "active_low = true\ndebounce = \"5ms\"\n"
                                           "silence = \"1m\"\n")
              .c_str());
}
