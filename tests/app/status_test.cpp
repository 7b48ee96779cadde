#include "app/status.hpp"

#include <chrono>
#include <memory>
#include <string>

#include <nlohmann/json.hpp>

#include "tests/app/plant.hpp"
#include "tests/hal/drivers/pwm_tree.hpp"
#include "tests/hal/process/log_capture.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;
using Json = nlohmann::json;

TEST_GROUP(Status) {
  Plant plant;
  const Instant start = plant.now;
  Surroundings around{{}, plant.now, std::nullopt};

  void open(std::vector<config::ChannelOptions> channels,
            std::unique_ptr<uplink::Link> link = nullptr) {
    CHECK_TRUE(
        plant.open(sample_config(plant.buffer.path(), std::move(channels)), std::move(link)).ok());
  }
  void open_with(std::vector<hal::ActuatorOptions> actuators) {
    config::Config config = sample_config(plant.buffer.path(), {channel_named("boiler")});
    config.actuators = std::move(actuators);
    CHECK_TRUE(plant.open(config).ok());
  }
  Json status() {
    return Json::parse(status_json(plant.gateway(), around, plant.now));
  }
};

TEST(Status, says_who_runs) {
  open({});
  plant.now += seconds(90);
  const Json told = status();
  CHECK_TRUE(told["gateway"] == "plant-7");
  CHECK_TRUE(told["version"] == "1.2.3");
  CHECK_TRUE(told["run"] == to_hex(plant.run()));
  CHECK_TRUE(told["config_hash"] == "0123456789abcdef");
  CHECK_TRUE(told["uptime_s"] == 90.0);
}

TEST(Status, counts_readings_so_that_they_balance) {
  open({channel_named("boiler"), channel_named("tank")});
  plant.run_until(start + seconds(5));
  static_cast<void>(plant.gateway().storage().finish(plant.now));
  const Json readings = status()["readings"];
  CHECK_TRUE(readings["produced"] == 10);
  CHECK_TRUE(readings["stored"] == 10);
  CHECK_TRUE(readings["pending"] == 10);
  CHECK_TRUE(readings["delivered"] == 0);
  CHECK_TRUE(readings["dropped"] == 0);
  CHECK_TRUE(readings["uncommitted"] == 0);
  CHECK_TRUE(readings["lost_ring_full"] == 0);
}

TEST(Status, counts_what_was_put_before_others) {
  open({channel_named("boiler")});
  const Json promotion = status()["promotion"];
  for (const char* name : {"chunks", "recordings", "recordings_skipped", "requests",
                           "commands_refused", "commands_too_many"}) {
    CHECK_TRUE(promotion.at(name) == 0);
  }
}

TEST(Status, shows_each_channel_with_its_latest_value) {
  open({channel_named("boiler")});
  plant.run_until(start + seconds(3));
  const Json channel = status()["channels"].at(0);
  CHECK_TRUE(channel["name"] == "boiler");
  CHECK_TRUE(channel["unit"] == "Cel");
  CHECK_TRUE(channel["value"] == 20.0);
  CHECK_TRUE(channel["quality"] == "good");
  CHECK_TRUE(channel["age_s"] == 0.0);
}

TEST(Status, a_channel_without_a_reading_is_missing) {
  open({channel_named("boiler")});
  const Json channel = status()["channels"].at(0);
  CHECK_TRUE(channel["value"].is_null());
  CHECK_TRUE(channel["quality"] == "missing");
  CHECK_TRUE(channel["age_s"].is_null());
}

TEST(Status, a_value_that_json_does_not_know_is_null) {
  config::ChannelOptions broken = channel_named("broken");
  std::get<hal::SimulatedOptions>(broken.sensor)
      .faults.push_back({.kind = hal::FaultKind::kNotANumber, .length = seconds(100)});
  open({broken});
  plant.run_until(start + seconds(2));
  const Json channel = status()["channels"].at(0);
  CHECK_TRUE(channel["value"].is_null());
  CHECK_TRUE(channel["quality"] == "fault");
}

TEST(Status, shows_how_each_driver_does) {
  const hal::LogCapture log;
  TemporaryFolder files;
  open({file_channel("level", files.path_of("level")), channel_named("boiler")});
  plant.gateway().tend(plant.now);
  Json told = status()["drivers"];
  CHECK_EQUAL(1U, told.size());
  CHECK_TRUE(told[0]["state"] == "starting");
  CHECK_TRUE(told[0]["since_s"].is_null());
  plant.run_until(start + seconds(3));
  told = status()["drivers"];
  CHECK_TRUE(told[0]["channel"] == "level");
  CHECK_TRUE(told[0]["bus"] == "files");
  CHECK_TRUE(told[0]["state"] == "down");
  CHECK_TRUE(told[0]["failed"] == 2);
  CHECK_TRUE(told[0]["reason"].get<std::string>().ends_with("No such file or directory"));
  files.write("level", "1\n");
  plant.run_until(start + seconds(10));
  told = status()["drivers"];
  CHECK_TRUE(told[0]["state"] == "up");
}

TEST(Status, shows_how_each_output_does) {
  const hal::LogCapture log;
  hal::PwmTree pwm;
  open_with({pwm.actuator("heater"), actuator_named("fan")});
  Json told = status()["outputs"];
  CHECK_EQUAL(1U, told.size());
  CHECK_TRUE(told[0]["actuator"] == "heater");
  CHECK_TRUE(told[0]["state"] == "starting");
  plant.run_until(start + seconds(1));
  told = status()["outputs"];
  CHECK_TRUE(told[0]["state"] == "down");
  CHECK_TRUE(told[0]["reason"].get<std::string>().starts_with("no PWM chip"));
  pwm.plug("pwmchip0", "tested.pwm");
  pwm.show("pwmchip0", "pwm0");
  plant.run_until(start + seconds(5));
  told = status()["outputs"];
  CHECK_TRUE(told[0]["state"] == "up");
  CHECK_TRUE(told[0]["on"] == false);
}

TEST(Status, shows_each_alert_as_it_stands) {
  open({with_alert(with_peak(channel_named("boiler"), seconds(0), seconds(100)), "hot"),
        with_alert(channel_named("tank"), "full")});
  plant.run_until(start + seconds(2));
  const Json alerts = status()["alerts"];
  CHECK_TRUE(alerts.at(0)["name"] == "hot");
  CHECK_TRUE(alerts.at(0)["channel"] == "boiler");
  CHECK_TRUE(alerts.at(0)["state"] == "raised");
  CHECK_TRUE(alerts.at(0)["severity"] == "warning");
  CHECK_TRUE(alerts.at(0)["count"] == 1);
  CHECK_TRUE(alerts.at(1)["state"] == "cleared");
}

TEST(Status, says_when_the_loop_has_less_than_it_wants) {
  open({});
  CHECK_TRUE(status()["realtime"]["rt"] == "ok");
  around.grant.wanted_fifo = true;
  CHECK_TRUE(status()["realtime"]["rt"] == "degraded");
  CHECK_TRUE(status()["realtime"]["fifo"] == false);
}

TEST(Status, says_when_the_buffer_cannot_be_written) {
  open({channel_named("boiler")});
  plant.step();
  CHECK_TRUE(status()["storage"]["state"] == "ok");
  const Intruder intruder(plant.buffer.path());
  plant.run_until(start + seconds(3));
  CHECK_TRUE(status()["storage"]["state"] == "failing");
  CHECK_TRUE(status()["storage"]["commit_failures"] > 0);
}

TEST(Status, says_when_the_disk_does_not_answer) {
  open({});
  plant.step();
  plant.now += seconds(6);  // in which the storage thread does not come round
  CHECK_TRUE(status()["storage"]["state"] == "stalled");
  plant.step();
  CHECK_TRUE(status()["storage"]["state"] == "ok");
}

TEST(Status, counts_what_is_written_by_class) {
  open({channel_named("boiler")});
  plant.run_until(start + seconds(5));
  static_cast<void>(plant.gateway().storage().finish(plant.now));
  const Json written = status()["flash"]["log_bytes"];
  for (const char* const of : {"frames", "event", "raw", "bookkeeping"}) {
    CHECK_TRUE(written[of] > 0);
  }
  CHECK_TRUE(written["rollup"] == 0);
  CHECK_TRUE(written["rejected"] == 0);
}

TEST(Status, estimates_how_long_the_card_lasts) {
  config::Config config = sample_config(plant.buffer.path(), {});
  config.card_endurance_bytes = 30'000'000'000'000;
  CHECK_TRUE(plant.open(config).ok());
  around.device_bytes = 1'000'000;
  plant.now += std::chrono::hours(1);
  const Json flash = status()["flash"];
  CHECK_TRUE(flash["device_bytes"] == 1'000'000);
  CHECK_TRUE(flash["device_bytes_per_day"] == 24e6);
  CHECK_TRUE(flash["card_endurance_bytes"] == 30'000'000'000'000);
  CHECK_TRUE(flash["card_life_years"] > 800.0);
  CHECK_TRUE(flash["card_life_years"] < 900.0);
}

TEST(Status, what_nobody_counts_or_knows_is_null) {
  open({});
  const Json flash = status()["flash"];
  for (const char* const of :
       {"device_bytes", "device_bytes_per_day", "card_endurance_bytes", "card_life_years"}) {
    CHECK_TRUE(flash[of].is_null());
  }
}

TEST(Status, has_no_uplink_without_a_link) {
  open({});
  CHECK_TRUE(status()["uplink"].is_null());
}

TEST(Status, shows_the_uplink) {
  auto link = std::make_unique<uplink::FakeLink>();
  link->events.emplace_back(uplink::LinkUp{});
  open({}, std::move(link));
  plant.gateway().uplink()->step(plant.now);
  plant.now += seconds(7);
  CHECK_TRUE(status()["uplink"]["up"] == true);
  CHECK_TRUE(status()["uplink"]["since_s"] == 7.0);
  CHECK_TRUE(status()["uplink"]["fault"].is_null());
}

TEST(Status, shows_what_the_link_may_still_cost) {
  uplink::LinkProfile cellular;
  cellular.name = "cellular";
  cellular.interfaces = {"wwan*"};
  cellular.budget.per_month = 10'240;
  config::Config config = sample_config(plant.buffer.path(), {});
  config.uplink.delivery.profiles = {cellular};
  auto link = std::make_unique<uplink::FakeLink>();
  link->events.emplace_back(uplink::LinkUp{{}, "wwan0"});
  link->wire = {4'000, 1'120};
  CHECK_TRUE(plant.open(config, std::move(link)).ok());
  plant.gateway().uplink()->step(plant.now);
  const Json profile = status()["uplink"]["profile"];
  CHECK_TRUE(profile["name"] == "cellular");
  CHECK_TRUE(profile["interface"] == "wwan0");
  CHECK_TRUE(profile["budget_left_bytes"] == 5'120);
  CHECK_TRUE(profile["budget_runs_out"].is_null());
}

TEST(Status, says_in_a_word_why_the_uplink_is_down) {
  auto link = std::make_unique<uplink::FakeLink>();
  link->events.emplace_back(uplink::LinkDown{"too old", uplink::LinkFault::kTlsExpired});
  open({}, std::move(link));
  plant.gateway().uplink()->step(plant.now);
  CHECK_TRUE(status()["uplink"]["up"] == false);
  CHECK_TRUE(status()["uplink"]["fault"] == "tls_expired");
}

TEST(Status, says_when_the_link_is_tried_again) {
  auto link = std::make_unique<uplink::FakeLink>();
  uplink::FakeLink& resting = *link;
  open({}, std::move(link));
  CHECK_TRUE(status()["uplink"]["next_try_s"].is_null());
  resting.retry = plant.now + std::chrono::seconds(30);
  plant.gateway().uplink()->step(plant.now);
  CHECK_TRUE(status()["uplink"]["next_try_s"] == 30.0);
  plant.now += std::chrono::seconds(31);  // the uplink is about to come round
  CHECK_TRUE(status()["uplink"]["next_try_s"] == 0.0);
}

TEST(Status, shows_what_waits_in_each_lane) {
  open({}, std::make_unique<uplink::FakeLink>());
  PendingLanes pending;
  pending.known = true;
  pending.lanes[index_of(Lane::kRaw)] = {3, 900, plant.now - seconds(40)};
  plant.gateway().crossings().pending.publish(pending);
  const Json lanes = status()["uplink"]["lanes"];
  CHECK_EQUAL(6U, lanes.size());
  CHECK_TRUE(lanes.at(0)["lane"] == "alert");
  CHECK_TRUE(lanes.at(0)["chunks"] == 0);
  CHECK_TRUE(lanes.at(0)["oldest_age_s"].is_null());
  CHECK_TRUE(lanes.at(4)["lane"] == "raw");
  CHECK_TRUE(lanes.at(4)["chunks"] == 3);
  CHECK_TRUE(lanes.at(4)["bytes"] == 900);
  CHECK_TRUE(lanes.at(4)["oldest_age_s"] == 40.0);
}

TEST(Status, lanes_that_nobody_has_looked_at_are_null) {
  open({}, std::make_unique<uplink::FakeLink>());
  CHECK_TRUE(status()["uplink"]["lanes"].is_null());
  CHECK_TRUE(status()["uplink"]["drained_in_s"].is_null());
}

TEST(Status, says_when_all_will_be_sent) {
  open({}, std::make_unique<uplink::FakeLink>());
  PendingLanes pending;
  pending.known = true;
  plant.gateway().crossings().pending.publish(pending);
  CHECK_TRUE(status()["uplink"]["drained_in_s"] == 0.0);
  pending.lanes[index_of(Lane::kRaw)].bytes = 800;
  pending.lanes[index_of(Lane::kEvent)].bytes = 100;
  plant.gateway().crossings().pending.publish(pending);
  CHECK_TRUE(status()["uplink"]["drained_in_s"].is_null());
  StorageStatus storage;
  storage.chunk_bytes = 70.0;
  plant.gateway().crossings().storage.publish(storage);
  uplink::Snapshot link;
  link.delivery.bytes_per_second = 100;
  plant.gateway().crossings().uplink.publish(link);
  CHECK_TRUE(status()["uplink"]["drained_in_s"] == 30.0);
  storage.chunk_bytes = 100.0;  // it never drains
  plant.gateway().crossings().storage.publish(storage);
  CHECK_TRUE(status()["uplink"]["drained_in_s"].is_null());
}

TEST(Status, says_when_the_quota_will_be_full) {
  open({});
  CHECK_TRUE(status()["storage"]["full_in_s"].is_null());
  StorageStatus storage;
  storage.totals.room = 1'000;
  storage.bytes_taken = 20.0;
  plant.gateway().crossings().storage.publish(storage);
  CHECK_TRUE(status()["storage"]["full_in_s"] == 50.0);
  storage.bytes_taken = 0.0;
  plant.gateway().crossings().storage.publish(storage);
  CHECK_TRUE(status()["storage"]["full_in_s"].is_null());
}
