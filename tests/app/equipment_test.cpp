#include "app/equipment.hpp"

#include <chrono>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "hal/simulated_actuator.hpp"
#include "tests/app/sample_config.hpp"
#include "tests/core/death.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(Equipment) {
  Equipment equipment;
  TemporaryFolder procfs;
  const Instant start{seconds(1000)};

  config::Config with(std::vector<config::ChannelOptions> channels,
                      std::vector<hal::ActuatorOptions> actuators = {}) {
    config::Config config = sample_config("unused", std::move(channels));
    config.actuators = std::move(actuators);
    return config;
  }
  static config::ChannelOptions replay(const std::string& file) {
    config::ChannelOptions channel = channel_named("recording");
    hal::ReplayOptions options;
    options.file = file;
    channel.sensor = options;
    return channel;
  }
  Instant run(const std::map<std::string, hal::Work>& work, const std::string& bus, Instant now) {
    hal::Poller poller(work.at(bus));
    Instant next = now;
    while (next <= now) next = poller.step(now);
    return next;
  }
};

TEST(Equipment, opens_what_the_configuration_names) {
  const config::Config config = with({channel_named("boiler")}, {actuator_named("fan")});
  CHECK_TRUE(equipment.open(config).ok());
  CHECK_EQUAL(20.0, equipment.sensor(config.channels[0]).read(start).value);
  equipment.actuator(config.actuators[0]).set(true, start);
}

TEST(Equipment, what_is_not_open_is_a_mistake_to_ask_for) {
  const config::Config config = with({channel_named("boiler")}, {actuator_named("fan")});
  CHECK_FALSE(last_words([&] { static_cast<void>(equipment.sensor(config.channels[0])); }).empty());
  CHECK_FALSE(
      last_words([&] { static_cast<void>(equipment.actuator(config.actuators[0])); }).empty());
}

TEST(Equipment, names_the_channel_that_does_not_open) {
  const Result<> opened = equipment.open(with({replay("/no/such/file.csv")}));
  CHECK_FALSE(opened.ok());
  CHECK_TRUE(opened.error().code == ErrorCode::kNotFound);
  STRCMP_CONTAINS("\"recording\"", opened.error().message.c_str());
}

TEST(Equipment, opens_nothing_when_something_does_not_open) {
  const config::Config config = with({channel_named("boiler"), replay("/no/such/file.csv")});
  CHECK_FALSE(equipment.open(config).ok());
  CHECK_FALSE(last_words([&] { static_cast<void>(equipment.sensor(config.channels[0])); }).empty());
}

TEST(Equipment, a_failed_open_leaves_what_is_open) {
  const config::Config config = with({channel_named("boiler")});
  CHECK_TRUE(equipment.open(config).ok());
  const hal::Sensor* const before = &equipment.sensor(config.channels[0]);
  CHECK_FALSE(equipment.open(with({replay("/no/such/file.csv")})).ok());
  POINTERS_EQUAL(before, &equipment.sensor(config.channels[0]));
}

TEST(Equipment, what_stays_the_same_stays_open) {
  const config::Config before = with({channel_named("boiler")}, {actuator_named("fan")});
  CHECK_TRUE(equipment.open(before).ok());
  const hal::Sensor* const sensor = &equipment.sensor(before.channels[0]);
  const hal::Actuator* const actuator = &equipment.actuator(before.actuators[0]);
  const config::Config after =
      with({channel_named("tank"), with_alert(channel_named("boiler"), "hot", "fan")},
           {actuator_named("lamp"), actuator_named("fan")});
  CHECK_TRUE(equipment.open(after).ok());
  equipment.keep_only(after, {});
  POINTERS_EQUAL(sensor, &equipment.sensor(after.channels[1]));
  POINTERS_EQUAL(actuator, &equipment.actuator(after.actuators[1]));
}

TEST(Equipment, a_sensor_with_another_period_is_another_sensor) {
  const config::Config before = with({channel_named("boiler")});
  const config::Config after = with({channel_named("boiler", seconds(2))});
  CHECK_TRUE(equipment.open(before).ok());
  CHECK_TRUE(equipment.open(after).ok());
  CHECK_FALSE(&equipment.sensor(before.channels[0]) == &equipment.sensor(after.channels[0]));
}

TEST(Equipment, closes_what_is_gone_and_not_before_it_is_told_to) {
  const config::Config before = with({channel_named("boiler")}, {actuator_named("fan")});
  const config::Config after = with({channel_named("tank")}, {actuator_named("lamp")});
  CHECK_TRUE(equipment.open(before).ok());
  CHECK_TRUE(equipment.open(after).ok());
  CHECK_EQUAL(20.0, equipment.sensor(before.channels[0]).read(start).value);
  equipment.keep_only(after, {});
  CHECK_FALSE(last_words([&] { static_cast<void>(equipment.sensor(before.channels[0])); }).empty());
  CHECK_FALSE(
      last_words([&] { static_cast<void>(equipment.actuator(before.actuators[0])); }).empty());
  CHECK_EQUAL(20.0, equipment.sensor(after.channels[0]).read(start).value);
}

TEST(Equipment, a_sensor_that_would_block_is_work_for_its_bus) {
  procfs.write("loadavg", "1.50 1.00 0.50 1/100 4242\n");
  const config::Config config =
      with({load_channel("load", procfs.path()), channel_named("boiler")}, {actuator_named("fan")});
  CHECK_TRUE(equipment.open(config).ok());
  const std::map<std::string, hal::Work> work = equipment.work(config);
  CHECK_EQUAL(2U, work.size());
  CHECK_EQUAL(1U, work.at("actuators").actuators.size());
  hal::Sensor& sensor = equipment.sensor(config.channels[0]);
  CHECK_TRUE(sensor.read(start).quality == Quality::kMissing);
  run(work, "host", start);
  CHECK_TRUE(sensor.read(start).quality == Quality::kGood);
  CHECK_EQUAL(1.5, sensor.read(start).value);
}

TEST(Equipment, probes_of_one_bus_are_one_work) {
  const config::Config config =
      with({file_channel("a", "/a"), load_channel("load", "/proc"), file_channel("b", "/b")});
  CHECK_TRUE(equipment.open(config).ok());
  CHECK_EQUAL(2U, equipment.work(config).at("files").probes.size());
  CHECK_EQUAL(1U, equipment.work(config).at("host").probes.size());
}

TEST(Equipment, a_probe_that_stays_goes_on_where_it_was) {
  procfs.write("loadavg", "1.50 1.00 0.50 1/100 4242\n");
  const config::Config config = with({load_channel("load", procfs.path())});
  CHECK_TRUE(equipment.open(config).ok());
  const Instant due = run(equipment.work(config), "host", start);
  CHECK_TRUE(due > start);
  procfs.write("loadavg", "2.50 1.00 0.50 1/100 4242\n");
  run(equipment.work(config), "host", start + milliseconds(500));
  CHECK_EQUAL(1.5, equipment.sensor(config.channels[0]).read(start).value);
  run(equipment.work(config), "host", start + seconds(1));
  CHECK_EQUAL(2.5, equipment.sensor(config.channels[0]).read(start).value);
}

TEST(Equipment, what_a_worker_still_has_stays_open) {
  procfs.write("loadavg", "1.50 1.00 0.50 1/100 4242\n");
  const config::Config before =
      with({load_channel("load", procfs.path())}, {actuator_named("fan")});
  CHECK_TRUE(equipment.open(before).ok());
  std::vector<std::unique_ptr<BusWorker>> workers;
  for (const auto& [bus, work] : equipment.work(before)) {
    workers.push_back(std::make_unique<BusWorker>(bus, work));
  }
  equipment.keep_only(with({}), workers);
  for (const auto& worker : workers) worker->step(start);
  CHECK_TRUE(equipment.opened(before.channels[0]).polled->unsettled());
  workers.clear();
  equipment.keep_only(with({}), workers);
  CHECK_FALSE(last_words([&] { static_cast<void>(equipment.sensor(before.channels[0])); }).empty());
}

TEST(Equipment, an_actuator_whose_least_times_change_stays_open) {
  const config::Config before = with({channel_named("boiler")}, {actuator_named("fan")});
  CHECK_TRUE(equipment.open(before).ok());
  const hal::Actuator* const actuator = &equipment.actuator(before.actuators[0]);
  config::Config after = before;
  after.actuators[0].min_on = seconds(30);
  CHECK_TRUE(equipment.open(after).ok());
  equipment.keep_only(after, {});
  POINTERS_EQUAL(actuator, &equipment.actuator(after.actuators[0]));
}
