#include "app/equipment.hpp"

#include <chrono>
#include <memory>
#include <string>

#include "hal/simulated_actuator.hpp"
#include "tests/app/sample_config.hpp"
#include "tests/core/death.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(Equipment) {
  Equipment equipment;
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
  static config::ChannelOptions load_average(const std::string& procfs) {
    config::ChannelOptions channel = channel_named("load");
    hal::HostOptions options;
    options.procfs = procfs;
    channel.sensor = options;
    return channel;
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
  equipment.keep_only(after);
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
  equipment.keep_only(after);
  CHECK_FALSE(last_words([&] { static_cast<void>(equipment.sensor(before.channels[0])); }).empty());
  CHECK_FALSE(
      last_words([&] { static_cast<void>(equipment.actuator(before.actuators[0])); }).empty());
  CHECK_EQUAL(20.0, equipment.sensor(after.channels[0]).read(start).value);
}

TEST(Equipment, a_sensor_that_would_block_is_polled) {
  TemporaryFolder procfs;
  procfs.write("loadavg", "1.50 1.00 0.50 1/100 4242\n");
  const config::Config config = with({load_average(procfs.path()), channel_named("boiler")});
  CHECK_TRUE(equipment.open(config).ok());
  hal::Sensor& sensor = equipment.sensor(config.channels[0]);
  CHECK_TRUE(sensor.read(start).quality == Quality::kMissing);
  const std::unique_ptr<hal::Poller> poller = equipment.make_poller(config);
  static_cast<void>(poller->step(start));
  CHECK_TRUE(sensor.read(start).quality == Quality::kGood);
  CHECK_EQUAL(1.5, sensor.read(start).value);
}

TEST(Equipment, a_new_poller_serves_the_mailbox_of_the_old_one) {
  TemporaryFolder procfs;
  procfs.write("loadavg", "1.50 1.00 0.50 1/100 4242\n");
  const config::Config config = with({load_average(procfs.path())});
  CHECK_TRUE(equipment.open(config).ok());
  static_cast<void>(equipment.make_poller(config)->step(start));
  procfs.write("loadavg", "2.50 1.00 0.50 1/100 4242\n");
  static_cast<void>(equipment.make_poller(config)->step(start + seconds(1)));
  CHECK_EQUAL(2.5, equipment.sensor(config.channels[0]).read(start + seconds(1)).value);
}
