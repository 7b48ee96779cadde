#include "hal/driver.hpp"

#include <chrono>
#include <string>

#include "hal/simulated_actuator.hpp"
#include "tests/hal/log_capture.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;
using std::chrono::seconds;

TEST_GROUP(Driver) {
  TemporaryFolder folder;
  LogCapture log;
};

TEST(Driver, gives_a_slow_source_a_probe_and_a_mailbox) {
  folder.write("loadavg", "0.5 1 2 1/2 3\n");
  const OpenSensor open = open_sensor(HostOptions{.procfs = folder.path()}, seconds(1)).value();
  DOUBLES_EQUAL(0.5, open.probe->measure(Instant{}).value(), 0.0);
  open.mailbox->publish({.taken = Instant{}, .sample = {3.0, Quality::kGood}});
  DOUBLES_EQUAL(3.0, open.sensor->read(Instant{}).value, 0.0);
}

TEST(Driver, calls_a_polled_value_stale_after_two_periods) {
  const OpenSensor open = open_sensor(HostOptions{}, seconds(5)).value();
  open.mailbox->publish({.taken = Instant{}, .sample = {3.0, Quality::kGood}});
  LONGS_EQUAL(Quality::kGood, open.sensor->read(Instant(seconds(10))).quality);
  LONGS_EQUAL(Quality::kStale, open.sensor->read(Instant(seconds(11))).quality);
}

TEST(Driver, opens_a_host_sensor_whose_source_may_come_later) {
  CHECK_TRUE(open_sensor(HostOptions{.procfs = folder.path_of("absent")}, seconds(1)).ok());
}

TEST(Driver, gives_a_fast_source_neither_probe_nor_mailbox) {
  const OpenSensor open = open_sensor(SimulatedOptions{.mean = 7.0}, seconds(1)).value();
  CHECK_TRUE(open.probe == nullptr);
  CHECK_TRUE(open.mailbox == nullptr);
  DOUBLES_EQUAL(7.0, open.sensor->read(Instant{}).value, 0.0);
}

TEST(Driver, passes_on_why_a_sensor_cannot_be_opened) {
  const ReplayOptions replay{.file = folder.path_of("absent.csv")};
  CHECK_TRUE(open_sensor(replay, seconds(1)).error().code == ErrorCode::kNotFound);
  const SimulatedOptions simulated{.period = Duration::zero()};
  CHECK_TRUE(open_sensor(simulated, seconds(1)).error().code == ErrorCode::kInvalid);
}

TEST(Driver, opens_a_log_actuator_under_its_name) {
  const auto actuator = open_actuator({.name = "siren", .kind = LogActuatorOptions{}}).value();
  actuator->set(true, Instant{});
  actuator->work(Instant{});
  STRCMP_EQUAL("actuator siren: on", log.lines.back().c_str());
}

TEST(Driver, opens_a_simulated_actuator) {
  const auto actuator = open_actuator({.name = "a", .kind = SimulatedActuatorOptions{}}).value();
  actuator->set(true, Instant{});
  CHECK_TRUE(dynamic_cast<SimulatedActuator&>(*actuator).is_on());
}
