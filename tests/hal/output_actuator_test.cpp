#include "hal/output_actuator.hpp"

#include <chrono>
#include <memory>
#include <string>

#include "hal/drivers/gpio_output.hpp"
#include "tests/hal/buses/fake_gpio_line.hpp"
#include "tests/hal/process/log_capture.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(OutputActuator) {
  LogCapture log;
  Wire wire;
  Instant now{seconds(1000)};
  OutputActuator pump{"pump", output(), false};

  std::unique_ptr<OutputDevice> output() {
    return std::make_unique<GpioOutput>(std::make_unique<FakeGpioLine>(wire), GpioRequest{});
  }
  // As the worker of its bus.
  void work(OutputActuator & actuator, Duration time = 5 * OutputActuator::kWorkEvery) {
    for (const Instant end = now + time; now < end;) {
      now += OutputActuator::kWorkEvery;
      actuator.work(now);
    }
  }
  ActuatorStanding standing() const {
    return *pump.standing();
  }
  Error gone() const {
    return Error{ErrorCode::kNotFound, "no such device"};
  }
};

TEST(OutputActuator, touches_nothing_before_its_worker_comes) {
  pump.set(true, now);
  CHECK_FALSE(wire.taken());
  CHECK_FALSE(standing().asked);
}

TEST(OutputActuator, is_taken_in_its_safe_state) {
  OutputActuator valve("valve", output(), true);
  valve.work(now);
  CHECK_TRUE(wire.taken());
  CHECK_TRUE(wire.levels == std::vector<bool>{true});
  work(valve);
  CHECK_TRUE(wire.levels == (std::vector<bool>{true, false}));
}

TEST(OutputActuator, is_switched_by_the_worker_once) {
  work(pump);
  pump.set(true, now);
  CHECK_FALSE(wire.level);
  pump.work(now += OutputActuator::kWorkEvery);
  CHECK_TRUE(wire.level);
  const std::size_t before = wire.levels.size();
  work(pump, seconds(10));
  CHECK_EQUAL(before, wire.levels.size());
  CHECK_TRUE(standing().on);
}

TEST(OutputActuator, is_safe_when_it_goes) {
  work(pump);
  pump.set(true, now);
  work(pump);
  CHECK_TRUE(wire.level);
  pump.retire();
  CHECK_FALSE(wire.level);
  CHECK_FALSE(wire.taken());
  LONGS_EQUAL(0, log.lines.size());
}

TEST(OutputActuator, is_safe_when_it_goes_before_it_was_taken) {
  OutputActuator valve("valve", output(), true);
  valve.retire();
  CHECK_TRUE(wire.level);
  CHECK_FALSE(wire.taken());
}

TEST(OutputActuator, says_once_when_it_cannot_be_switched_and_when_it_can_again) {
  work(pump);
  wire.failure = gone();
  work(pump, seconds(10));
  LONGS_EQUAL(1, log.lines.size());
  STRCMP_EQUAL("actuator pump cannot be switched: no such device. It is tried again every second",
               log.lines.front().c_str());
  CHECK_TRUE(standing().state == DriverState::kDown);
  STRCMP_EQUAL("no such device", std::string(standing().why()).c_str());
  wire.failure.reset();
  work(pump, seconds(10));
  LONGS_EQUAL(2, log.lines.size());
  STRCMP_EQUAL("actuator pump can be switched again", log.lines.back().c_str());
  CHECK_TRUE(standing().state == DriverState::kUp);
}

TEST(OutputActuator, is_what_is_wanted_by_then_when_its_device_is_back) {
  work(pump);
  wire.failure = gone();
  pump.set(true, now);
  work(pump, seconds(3));
  CHECK_FALSE(wire.level);
  wire.failure.reset();
  wire.levels.clear();
  work(pump, seconds(3));
  // Not by way of its safe state.
  CHECK_TRUE(wire.levels == std::vector<bool>{true});
}

TEST(OutputActuator, asks_for_a_device_that_is_absent_once_a_second) {
  wire.failure = gone();
  work(pump, seconds(10));
  CHECK_TRUE(wire.requests >= 9 && wire.requests <= 11);
}

TEST(OutputActuator, notices_a_line_that_does_not_follow) {
  work(pump);
  wire.stuck = true;
  pump.set(true, now);
  work(pump, seconds(20));
  CHECK_TRUE(standing().state == DriverState::kDown);
  STRCMP_CONTAINS("it was switched on and is off", std::string(standing().why()).c_str());
  // Opened and set again and again, it is not taken for mended.
  LONGS_EQUAL(1, log.lines.size());
  wire.stuck = false;
  work(pump, seconds(5));
  CHECK_TRUE(wire.level);
  CHECK_TRUE(standing().state == DriverState::kUp);
}

TEST(OutputActuator, notices_that_somebody_else_switches_its_line) {
  work(pump);
  wire.level = true;
  work(pump, seconds(2));
  CHECK_TRUE(standing().failures > 0);
  work(pump, seconds(2));
  CHECK_FALSE(wire.level);
}

TEST(OutputActuator, says_when_it_could_not_be_made_safe) {
  work(pump);
  wire.failure = gone();
  pump.retire();
  LONGS_EQUAL(1, log.lines.size());
  STRCMP_EQUAL("actuator pump is not in its safe state, off: no such device",
               log.lines.back().c_str());
}
