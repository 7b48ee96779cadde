#include "app/gateway.hpp"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "hal/simulated_actuator.hpp"
#include "tests/app/plant.hpp"
#include "tests/hal/process/log_capture.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(Gateway) {
  Plant plant;
  TemporaryFolder files;
  const Instant start = plant.now;

  config::Config with(std::vector<config::ChannelOptions> channels) {
    return sample_config(plant.buffer.path(), std::move(channels));
  }
  void open(std::vector<config::ChannelOptions> channels) {
    CHECK_TRUE(plant.open(with(std::move(channels))).ok());
  }
  Result<std::vector<std::string>> reload(const config::Config& config) {
    return plant.gateway().reload(config, plant.now);
  }
  static config::ChannelOptions replay(const std::string& file) {
    config::ChannelOptions channel = channel_named("recording");
    hal::ReplayOptions options;
    options.file = file;
    channel.sensor = options;
    return channel;
  }
  void fill_notes() {
    while (plant.gateway().note_clock({plant.now, {}, {}, false})) continue;
  }
  std::size_t notes() {
    return plant.gateway().crossings().notes.size();
  }
  std::vector<AlertEvent> alerts() {
    return plant.buffer.events_of_kind<AlertEvent>();
  }
  double latest(const std::string& channel) {
    const std::optional<ChannelId> id = plant.gateway().numbering().find_channel(channel, "Cel");
    return plant.gateway().crossings().latest.read(id.value()).value().value;
  }
};

TEST(Gateway, records_its_start_and_what_its_numbers_mean) {
  open({with_alert(channel_named("boiler"), "hot")});
  plant.step();
  const std::vector<Event> events = plant.buffer.events();
  CHECK_EQUAL(3U, events.size());
  CHECK_TRUE(events[0] == Event(RunStarted{start, kBoot, "1.2.3", "0123456789abcdef"}));
  CHECK_TRUE(std::holds_alternative<ChannelDeclared>(events[1]));
  CHECK_TRUE(std::holds_alternative<AlertDeclared>(events[2]));
}

TEST(Gateway, does_not_open_with_a_sensor_that_does_not) {
  const Result<> opened = plant.open(with({replay("/no/such/file.csv")}));
  CHECK_FALSE(opened.ok());
  CHECK_TRUE(opened.error().code == ErrorCode::kNotFound);
}

TEST(Gateway, does_not_open_without_its_buffer) {
  config::Config config = with({channel_named("boiler")});
  config.storage.path = "/proc/no/such/folder/sluice.db";
  CHECK_TRUE(plant.open(config).error().code == ErrorCode::kUnavailable);
}

TEST(Gateway, opens_as_many_channels_and_alerts_as_a_configuration_may_have) {
  std::vector<config::ChannelOptions> channels;
  for (std::size_t i = 0; i < config::kChannelsMax; ++i) {
    config::ChannelOptions channel = channel_named("channel" + std::to_string(i));
    for (std::size_t j = 0; j < config::kAlertsMax / config::kChannelsMax; ++j) {
      channel = with_alert(std::move(channel), std::to_string(i) + "-" + std::to_string(j));
    }
    channels.push_back(std::move(channel));
  }
  open(std::move(channels));
  plant.step();
  CHECK_EQUAL(config::kAlertsMax, plant.buffer.events_of_kind<AlertDeclared>().size());
}

TEST(Gateway, stores_what_its_sensors_read) {
  open({channel_named("boiler"), channel_named("tank")});
  plant.run_until(start + seconds(5));
  CHECK_TRUE(plant.gateway().storage().finish(plant.now).ok());
  CHECK_EQUAL(10U, plant.buffer.readings().size());
}

TEST(Gateway, has_no_uplink_without_a_link) {
  open({});
  CHECK_FALSE(plant.gateway().has_uplink());
  POINTERS_EQUAL(nullptr, plant.gateway().uplink());
}

TEST(Gateway, tells_the_uplink_what_it_tells_storage) {
  CHECK_TRUE(
      plant.open(with({channel_named("boiler")}), std::make_unique<uplink::FakeLink>()).ok());
  CHECK_TRUE(plant.gateway().has_uplink());
  CHECK_EQUAL(1U, plant.gateway().crossings().news.size());
  plant.gateway().uplink()->step(plant.now);
  CHECK_EQUAL(0U, plant.gateway().crossings().news.size());
}

TEST(Gateway, applies_a_reload_and_records_it) {
  open({channel_named("boiler")});
  plant.step();
  config::Config next = with({channel_named("boiler"), channel_named("tank")});
  next.hash = "fedcba9876543210";
  const Result<std::vector<std::string>> applied = reload(next);
  CHECK_TRUE(applied.ok());
  CHECK_TRUE(applied->empty());
  plant.run_until(start + seconds(3));
  CHECK_EQUAL(20.0, latest("tank"));
  CHECK_TRUE(plant.buffer.events_of_kind<ConfigApplied>() ==
             (std::vector<ConfigApplied>{{start, "fedcba9876543210"}}));
  CHECK_EQUAL(3U, plant.buffer.events_of_kind<ChannelDeclared>().size());
  STRCMP_EQUAL("fedcba9876543210", plant.gateway().config().hash.c_str());
}

TEST(Gateway, a_reload_names_the_sections_that_wait_for_a_restart) {
  open({});
  config::Config next = with({});
  next.gateway.run_directory = "/elsewhere";
  next.seal.seal_readings = 1;
  CHECK_TRUE(*reload(next) == (std::vector<std::string>{"gateway", "storage"}));
  plant.step();
  next = with({});
  next.realtime.priority = 1;
  next.uplink.enabled = true;
  CHECK_TRUE(*reload(next) == (std::vector<std::string>{"realtime", "uplink"}));
}

TEST(Gateway, a_reload_that_fails_changes_nothing) {
  open({channel_named("boiler")});
  plant.step();
  CHECK_FALSE(reload(with({replay("/no/such/file.csv")})).ok());
  CHECK_EQUAL(0U, notes());
  STRCMP_EQUAL("boiler", plant.gateway().config().channels[0].spec.name.c_str());
  plant.run_until(start + seconds(5));
  CHECK_EQUAL(20.0, latest("boiler"));
  CHECK_EQUAL(0U, plant.buffer.events_of_kind<ConfigApplied>().size());
}

TEST(Gateway, a_reload_that_cannot_be_recorded_changes_nothing) {
  open({channel_named("boiler")});
  plant.step();
  fill_notes();
  const Result<std::vector<std::string>> applied = reload(with({channel_named("tank")}));
  CHECK_TRUE(applied.error().code == ErrorCode::kFull);
  plant.run_until(start + seconds(5));
  STRCMP_EQUAL("boiler", plant.gateway().config().channels[0].spec.name.c_str());
  CHECK_TRUE(reload(with({channel_named("tank")})).ok());
}

TEST(Gateway, a_reload_waits_for_the_loop_to_take_up_the_one_before_it) {
  open({channel_named("boiler")});
  CHECK_TRUE(reload(with({channel_named("tank")})).ok());
  plant.gateway().tend(plant.now);
  CHECK_TRUE(reload(with({channel_named("boiler")})).error().code == ErrorCode::kFull);
  static_cast<void>(plant.gateway().loop().step(plant.now));
  plant.gateway().tend(plant.now);
  CHECK_TRUE(reload(with({channel_named("boiler")})).ok());
}

TEST(Gateway, a_reload_does_not_wait_for_a_bus_that_hangs) {
  open({file_channel("level", files.path_of("level"))});
  // The worker does not come round meanwhile: it is in a read.
  plant.gateway().workers()[0]->step(plant.now);
  for (int i = 0; i < 10; ++i) {
    CHECK_TRUE(reload(with({file_channel("level" + std::to_string(i), "/none")})).ok());
    static_cast<void>(plant.gateway().loop().step(plant.now));
    plant.gateway().tend(plant.now);
  }
  files.write("level9", "9\n");
  CHECK_TRUE(reload(with({file_channel("level", files.path_of("level9"))})).ok());
  // It is back, and does what is wanted by now.
  plant.run_until(start + seconds(3));
  CHECK_EQUAL(9.0, latest("level"));
}

TEST(Gateway, has_a_worker_for_each_bus) {
  open({file_channel("a", "/a"), file_channel("b", "/b"), load_channel("load", "/proc")});
  CHECK_EQUAL(2U, plant.gateway().workers().size());
}

TEST(Gateway, leaves_the_worker_of_a_bus_that_is_gone_without_work) {
  open({file_channel("a", files.path_of("a")), load_channel("load", "/proc")});
  plant.step();
  CHECK_TRUE(reload(with({load_channel("load", "/proc")})).ok());
  plant.run_until(start + seconds(1));
  for (const std::unique_ptr<BusWorker>& worker : plant.gateway().workers()) {
    CHECK_EQUAL(worker->bus() == "files", worker->done());
  }
  const auto workers = plant.gateway().workers();
  const auto idle = std::find_if(workers.begin(), workers.end(),
                                 [](const auto& worker) { return worker->done(); });
  plant.gateway().forget(**idle);
  CHECK_EQUAL(1U, plant.gateway().workers().size());
}

TEST(Gateway, records_how_its_drivers_do) {
  const hal::LogCapture log;
  files.write("level", "1\n");
  open({file_channel("level", files.path_of("level"))});
  plant.run_until(start + seconds(3));
  CHECK_EQUAL(0U, plant.buffer.events_of_kind<DriverChanged>().size());
  files.remove("level");
  plant.run_until(start + seconds(5));
  files.write("level", "2\n");
  plant.run_until(start + seconds(20));
  const auto changes = plant.buffer.events_of_kind<DriverChanged>();
  CHECK_EQUAL(2U, changes.size());
  CHECK_TRUE(changes[0].state == DriverState::kDown);
  STRCMP_CONTAINS("No such file", changes[0].reason.c_str());
  CHECK_TRUE(changes[1].state == DriverState::kUp);
  CHECK_TRUE(changes[0].channel == ChannelId{0});
}

TEST(Gateway, knows_how_its_drivers_do) {
  const hal::LogCapture log;
  open({file_channel("level", files.path_of("none")), channel_named("boiler")});
  plant.run_until(start + seconds(2));
  CHECK_EQUAL(1U, plant.gateway().drivers().size());
  CHECK_TRUE(plant.gateway().drivers()[0].state == DriverState::kDown);
}

TEST(Gateway, closes_a_sensor_only_after_the_loop_let_go_of_it) {
  open({channel_named("boiler")});
  const config::ChannelOptions boiler = plant.gateway().config().channels[0];
  CHECK_TRUE(reload(with({channel_named("tank")})).ok());
  plant.gateway().tend(plant.now);
  // Still the loop's: it may be inside a read just now.
  plant.poll();
  plant.gateway().tend(plant.now);
  plant.run_until(start + seconds(2));
  CHECK_EQUAL(20.0, latest("tank"));
}

TEST(Gateway, a_sensor_that_stays_is_not_opened_again) {
  // The peak comes 5 s after the sensor's first read: of one that was opened again, later.
  const auto boiler = with_peak(channel_named("boiler"), seconds(5), seconds(100));
  open({boiler});
  plant.run_until(start + seconds(3));
  CHECK_TRUE(reload(with({channel_named("tank"), boiler})).ok());
  plant.run_until(start + seconds(7));
  CHECK_EQUAL(120.0, latest("boiler"));
}

TEST(Gateway, no_reading_is_lost_or_doubled_over_reloads) {
  open({channel_named("boiler")});
  for (int i = 1; i <= 20; ++i) {
    plant.run_until(start + milliseconds(730 * i), milliseconds(10));
    CHECK_TRUE(reload(with({channel_named("tank"), channel_named("boiler")})).ok());
    plant.poll();
  }
  plant.run_until(start + seconds(20), milliseconds(10));
  CHECK_TRUE(plant.gateway().storage().finish(plant.now).ok());
  std::vector<Instant> times;
  for (const Reading& reading : plant.buffer.readings()) {
    if (reading.channel == ChannelId{0}) times.push_back(reading.time);
  }
  CHECK_EQUAL(21U, times.size());  // the first tick, and one a second
  for (std::size_t i = 1; i < times.size(); ++i) {
    CHECK_TRUE(times[i] == start + seconds(static_cast<int>(i)));
  }
}

TEST(Gateway, an_alert_lives_on_over_a_reload_and_is_cleared_once) {
  const auto boiler = with_alert(with_peak(channel_named("boiler"), seconds(2), seconds(5)), "hot");
  open({boiler});
  plant.run_until(start + seconds(4));
  CHECK_TRUE(reload(with({boiler, channel_named("tank")})).ok());
  plant.run_until(start + seconds(20));
  const std::vector<AlertEvent> steps = alerts();
  CHECK_EQUAL(2U, steps.size());
  CHECK_TRUE(steps[0].change == AlertChange::kRaised);
  CHECK_TRUE(steps[1].change == AlertChange::kCleared);
}

TEST(Gateway, a_reload_clears_the_alert_whose_rule_is_gone) {
  const auto boiler = with_peak(channel_named("boiler"), seconds(2), seconds(100));
  open({with_alert(boiler, "hot")});
  plant.run_until(start + seconds(4));
  CHECK_TRUE(reload(with({boiler})).ok());
  plant.run_until(start + seconds(5));
  CHECK_EQUAL(2U, alerts().size());
  CHECK_TRUE(alerts()[1].change == AlertChange::kCleared);
}

TEST(Gateway, an_acknowledgement_is_recorded) {
  open({with_alert(with_peak(channel_named("boiler"), seconds(0), seconds(100)), "hot")});
  plant.run_until(start + seconds(2));
  CHECK_TRUE(plant.gateway().acknowledge("hot").ok());
  plant.run_until(start + seconds(3));
  CHECK_EQUAL(2U, alerts().size());
  CHECK_TRUE(alerts()[1].change == AlertChange::kAcknowledged);
}

TEST(Gateway, knows_no_alert_of_another_name) {
  open({with_alert(channel_named("boiler"), "hot")});
  CHECK_TRUE(plant.gateway().acknowledge("cold").error().code == ErrorCode::kNotFound);
  CHECK_TRUE(plant.gateway().acknowledge("boiler").error().code == ErrorCode::kNotFound);
}

TEST(Gateway, takes_a_bounded_number_of_acknowledgements) {
  open({with_alert(channel_named("boiler"), "hot")});
  for (std::size_t i = 0; i < Crossings::kRequestsMax; ++i) {
    CHECK_TRUE(plant.gateway().acknowledge("hot").ok());
  }
  CHECK_TRUE(plant.gateway().acknowledge("hot").error().code == ErrorCode::kFull);
  static_cast<void>(plant.gateway().loop().step(plant.now));
  CHECK_TRUE(plant.gateway().acknowledge("hot").ok());
}

TEST(Gateway, records_how_its_time_maps_to_wall_time) {
  open({});
  const ClockRecord clock{plant.now, WallTime(std::chrono::hours(480'000)), milliseconds(3), true};
  CHECK_TRUE(plant.gateway().note_clock(clock));
  plant.step();
  CHECK_TRUE(plant.buffer.events_of_kind<ClockRecord>() == std::vector<ClockRecord>{clock});
}

TEST(Gateway, says_when_storage_takes_no_more_notes) {
  open({});
  fill_notes();
  CHECK_EQUAL(Crossings::kRequestsMax, notes());
  plant.step();
  CHECK_TRUE(plant.gateway().note_clock({plant.now, {}, {}, false}));
}
