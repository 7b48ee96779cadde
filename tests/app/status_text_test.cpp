#include "app/status_text.hpp"

#include <chrono>
#include <memory>
#include <string>

#include "app/status.hpp"
#include "tests/app/plant.hpp"
#include "tests/hal/drivers/pwm_tree.hpp"
#include "tests/hal/process/log_capture.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::seconds;

TEST_GROUP(StatusText) {
  Plant plant;
  Surroundings around{{}, plant.now, std::nullopt};

  void open(std::vector<config::ChannelOptions> channels,
            std::unique_ptr<uplink::Link> link = nullptr) {
    CHECK_TRUE(
        plant.open(sample_config(plant.buffer.path(), std::move(channels)), std::move(link)).ok());
  }
  std::string text() {
    const Result<std::string> told = status_text(status_json(plant.gateway(), around, plant.now));
    CHECK_TRUE(told.ok());
    return *told;
  }
};

TEST(StatusText, shows_what_the_gateway_says) {
  open({with_alert(with_peak(channel_named("boiler"), seconds(0), seconds(100)), "hot")});
  plant.run_until(plant.now + seconds(2));
  STRCMP_CONTAINS("gateway plant-7, version 1.2.3", text().c_str());
  STRCMP_CONTAINS("boiler", text().c_str());
  STRCMP_CONTAINS("120 Cel", text().c_str());
  STRCMP_CONTAINS("hot", text().c_str());
  STRCMP_CONTAINS("raised", text().c_str());
  STRCMP_CONTAINS("uplink  off", text().c_str());
}

TEST(StatusText, names_drivers_that_are_not_up) {
  const hal::LogCapture log;
  TemporaryFolder files;
  files.write("level", "1\n");
  open(
      {file_channel("level", files.path_of("level")), file_channel("flow", files.path_of("flow"))});
  plant.run_until(plant.now + seconds(5));
  STRCMP_CONTAINS("drivers 1 of 2 up\nflow                       down      for 4 s: ",
                  text().c_str());
  CHECK_TRUE(text().find("level                      up") == std::string::npos);
}

TEST(StatusText, shows_outputs_and_why_one_is_down) {
  const hal::LogCapture log;
  const hal::PwmTree pwm;
  config::Config config = sample_config(plant.buffer.path(), {channel_named("boiler")});
  config.actuators = {pwm.actuator("heater")};
  CHECK_TRUE(plant.open(config).ok());
  plant.run_until(plant.now + seconds(1));
  STRCMP_CONTAINS("OUTPUT", text().c_str());
  STRCMP_CONTAINS("heater                     down      off: no PWM chip", text().c_str());
}

TEST(StatusText, shows_a_link_that_is_down) {
  auto link = std::make_unique<uplink::FakeLink>();
  link->retry = plant.now + seconds(90);
  open({}, std::move(link));
  STRCMP_CONTAINS("uplink  down for 1000 s, 0 batches", text().c_str());
  plant.gateway().uplink()->step(plant.now);
  STRCMP_CONTAINS("uplink  down for 1000 s, next try in 90 s, 0 batches", text().c_str());
}

TEST(StatusText, says_what_was_sent_ahead) {
  open({}, std::make_unique<uplink::FakeLink>());
  std::string json = status_json(plant.gateway(), around, plant.now);
  CHECK_TRUE(text().find("sent ahead") == std::string::npos);
  const std::string none = R"("chunks":0,"recordings":0,"recordings_skipped":0,"requests":0)";
  const std::size_t at = json.find(none);
  CHECK_TRUE(at != std::string::npos);
  json.replace(at, none.size(), R"("chunks":9,"recordings":2,"recordings_skipped":4,"requests":3)");
  STRCMP_CONTAINS(
      "9 chunks sent ahead: for 2 alerts and 3 requests; not for 4 alerts that came too often\n",
      status_text(json)->c_str());
}

TEST(StatusText, says_how_much_is_written) {
  config::Config config = sample_config(plant.buffer.path(), {});
  config.card_endurance_bytes = 30'000'000'000'000;
  CHECK_TRUE(plant.open(config).ok());
  STRCMP_CONTAINS("flash   the kernel does not count what is written\n", text().c_str());
  around.device_bytes = 10'240'000;
  STRCMP_CONTAINS("flash   10000 KiB written\n", text().c_str());
  plant.now += std::chrono::hours(1);
  STRCMP_CONTAINS("10000 KiB written, 245.8 MB a day; a new card would last 83.6 years\n",
                  text().c_str());
}

TEST(StatusText, says_what_waits_and_for_how_long) {
  open({}, std::make_unique<uplink::FakeLink>());
  CHECK_TRUE(text().find(" wait") == std::string::npos);
  PendingLanes pending;
  pending.known = true;
  pending.lanes[index_of(Lane::kRaw)] = {3, 6'000, plant.now - seconds(600)};
  pending.lanes[index_of(Lane::kEvent)] = {1, 240, std::nullopt};
  plant.gateway().crossings().pending.publish(pending);
  STRCMP_CONTAINS("raw       3 chunks, 6 KiB wait, the oldest for 10 min\n", text().c_str());
  STRCMP_CONTAINS("event     1 chunks, 1 KiB wait\n", text().c_str());
  CHECK_TRUE(text().find("rollup") == std::string::npos);
}

TEST(StatusText, says_when_the_buffer_is_full_and_when_it_is_empty) {
  open({}, std::make_unique<uplink::FakeLink>());
  PendingLanes pending;
  pending.known = true;
  pending.lanes[index_of(Lane::kRaw)].bytes = 36'000;
  plant.gateway().crossings().pending.publish(pending);
  StorageStatus storage;
  storage.totals.room = 7'200'000;
  storage.bytes_taken = 20.0;
  storage.chunk_bytes = 90.0;
  plant.gateway().crossings().storage.publish(storage);
  uplink::Snapshot link;
  link.delivery.bytes_per_second = 100;
  plant.gateway().crossings().uplink.publish(link);
  STRCMP_CONTAINS("chunks pending, full in 4 days without a link\n", text().c_str());
  STRCMP_CONTAINS("all sent in 60 min\n", text().c_str());
}

TEST(StatusText, a_channel_without_a_value_has_a_dash) {
  open({channel_named("boiler")});
  STRCMP_CONTAINS("- Cel    missing", text().c_str());
}

TEST(StatusText, without_alerts_there_is_no_table_of_them) {
  open({channel_named("boiler")});
  CHECK_TRUE(text().find("ALERT") == std::string::npos);
}

TEST(StatusText, what_is_no_status_is_an_error) {
  for (const char* const json : {"", "not json", "{}", "[]", R"({"gateway": 5})"}) {
    const Result<std::string> told = status_text(json);
    CHECK_FALSE(told.ok());
    CHECK_TRUE(told.error().code == ErrorCode::kCorrupt);
  }
}

TEST(StatusText, a_status_of_another_shape_is_an_error) {
  open({channel_named("boiler")});
  std::string json = status_json(plant.gateway(), around, plant.now);
  const std::size_t at = json.find("\"quality\"");
  json.replace(at, 9, "\"qualiti\"");
  CHECK_TRUE(status_text(json).error().code == ErrorCode::kCorrupt);
}
