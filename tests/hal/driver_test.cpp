#include "hal/driver.hpp"

#include <chrono>
#include <string>

#include "hal/simulated_actuator.hpp"
#include "tests/hal/drivers/pwm_tree.hpp"
#include "tests/hal/process/log_capture.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::seconds;

TEST_GROUP(Driver) {
  PwmTree pwm;

  ActuatorOptions heater(const std::string& safe = "off") const {
    DeviceOptions options{.driver = "pwm", .settings = {}};
    options.settings.set("chip", std::string("fe20c000.pwm"));
    options.settings.set("channel", std::int64_t{0});
    options.settings.set("safe", safe);
    options.settings.set("sysfs", pwm.sysfs.path());
    options.settings.set("period", Duration(std::chrono::milliseconds(1)));
    options.settings.set("duty_on", 100.0);
    options.settings.set("duty_off", 25.0);
    return {.name = "heater", .kind = std::move(options)};
  }

  TemporaryFolder folder;
  LogCapture log;
  SharedBuses buses;
};

TEST(Driver, gives_a_slow_source_to_a_worker_of_its_bus) {
  folder.write("loadavg", "0.5 1 2 1/2 3\n");
  const OpenSensor open =
      open_sensor(HostOptions{.procfs = folder.path()}, seconds(1), buses).value();
  STRCMP_EQUAL("host", open.bus.c_str());
  CHECK_TRUE(open.sensor->read(Instant{}).quality == Quality::kMissing);
  open.polled->measure(Instant{});
  open.polled->settle(Instant{});
  DOUBLES_EQUAL(0.5, open.sensor->read(Instant{}).value, 0.0);
}

TEST(Driver, calls_a_polled_value_stale_after_two_periods_and_a_fault_after_its_limit) {
  folder.write("loadavg", "0.5 1 2 1/2 3\n");
  const OpenSensor open =
      open_sensor(HostOptions{.procfs = folder.path()}, seconds(5), buses).value();
  open.polled->measure(Instant{});
  open.polled->settle(Instant{});
  LONGS_EQUAL(Quality::kGood, open.sensor->read(Instant(seconds(10))).quality);
  LONGS_EQUAL(Quality::kStale, open.sensor->read(Instant(seconds(11))).quality);
  const Duration limit = open.polled->options().limit;
  LONGS_EQUAL(Quality::kStale, open.sensor->read(Instant(seconds(10) + limit)).quality);
  LONGS_EQUAL(Quality::kFault, open.sensor->read(Instant(seconds(11) + limit)).quality);
}

TEST(Driver, opens_a_device_driver_by_its_name) {
  DeviceOptions options{.driver = "file", .settings = {}};
  options.settings.set("file", folder.write("level", "7\n"));
  const OpenSensor open = open_sensor(options, seconds(1), buses).value();
  DOUBLES_EQUAL(7.0, open.polled->probe().measure(Instant{}).value(), 0.0);
  STRCMP_EQUAL("files", open.bus.c_str());
}

TEST(Driver, opens_a_host_sensor_whose_source_may_come_later) {
  CHECK_TRUE(open_sensor(HostOptions{.procfs = folder.path_of("absent")}, seconds(1), buses).ok());
}

TEST(Driver, gives_a_fast_source_to_no_worker) {
  const OpenSensor open = open_sensor(SimulatedOptions{.mean = 7.0}, seconds(1), buses).value();
  CHECK_TRUE(open.polled == nullptr);
  CHECK_TRUE(open.bus.empty());
  DOUBLES_EQUAL(7.0, open.sensor->read(Instant{}).value, 0.0);
}

TEST(Driver, passes_on_why_a_sensor_cannot_be_opened) {
  const ReplayOptions replay{.file = folder.path_of("absent.csv")};
  CHECK_TRUE(open_sensor(replay, seconds(1), buses).error().code == ErrorCode::kNotFound);
  const SimulatedOptions simulated{.period = Duration::zero()};
  CHECK_TRUE(open_sensor(simulated, seconds(1), buses).error().code == ErrorCode::kInvalid);
}

TEST(Driver, opens_a_log_actuator_under_its_name) {
  const auto actuator = open_actuator({.name = "siren", .kind = LogActuatorOptions{}});
  actuator->set(true, Instant{});
  actuator->work(Instant{});
  STRCMP_EQUAL("actuator siren: on", log.lines.back().c_str());
}

TEST(Driver, opens_a_simulated_actuator) {
  const auto actuator = open_actuator({.name = "a", .kind = SimulatedActuatorOptions{}});
  actuator->set(true, Instant{});
  CHECK_TRUE(dynamic_cast<SimulatedActuator&>(*actuator).is_on());
}

TEST(Driver, has_actuators_wait_for_no_sensor_and_for_no_other_chip) {
  STRCMP_EQUAL("actuators", bus_of({.name = "siren", .kind = LogActuatorOptions{}}).c_str());
  STRCMP_EQUAL("pwm:fe20c000.pwm", bus_of(heater()).c_str());
}

TEST(Driver, opens_an_actuator_that_is_a_device_without_touching_it) {
  CHECK_TRUE(open_actuator(heater())->standing().has_value());
}

TEST(Driver, makes_an_actuator_safe) {
  CHECK_TRUE(make_safe(heater()).error().code == ErrorCode::kNotFound);
  pwm.plug("pwmchip0", "fe20c000.pwm");
  pwm.show("pwmchip0", "pwm0");
  CHECK_TRUE(make_safe(heater()).ok());
  STRCMP_EQUAL("250000", pwm.text("pwmchip0/pwm0/duty_cycle").c_str());
  CHECK_TRUE(make_safe(heater("on")).ok());
  STRCMP_EQUAL("1000000", pwm.text("pwmchip0/pwm0/duty_cycle").c_str());
  CHECK_TRUE(make_safe({.name = "siren", .kind = LogActuatorOptions{}}).ok());
}
