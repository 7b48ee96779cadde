#include "app/uplink_service.hpp"

#include <chrono>
#include <cmath>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "app/storage_service.hpp"
#include "tests/app/buffer.hpp"
#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

TEST_GROUP(UplinkService) {
  Buffer buffer;
  const Instant start{seconds(1000)};
  std::unique_ptr<Crossings> crossings = std::make_unique<Crossings>(100);
  std::unique_ptr<StorageService> storage;
  uplink::FakeLink* link = nullptr;  // the service owns it
  std::unique_ptr<UplinkService> service;
  uplink::Options options;

  void setup() override {
    options.gateway = "plant-7";
    StorageService::Options stored;
    stored.store.path = buffer.path();
    stored.run = run_number(1);
    stored.boot = kBoot;
    Result<StorageService> opened = StorageService::open(stored, *crossings, start);
    CHECK_TRUE(opened.ok());
    storage = std::make_unique<StorageService>(std::move(*opened));
  }
  void open() {
    auto fake = std::make_unique<uplink::FakeLink>();
    link = fake.get();
    service = std::make_unique<UplinkService>(
        UplinkService::Setup{options, run_number(1), buffer.reader(), buffer.reader(),
                             std::move(fake)},
        *crossings);
  }
  void connect() {
    link->events.emplace_back(uplink::LinkUp{});
  }

  // The news of a start, or of a reload, with one channel and one alert.
  void tell(const Event& first, const std::string& channel = "boiler") {
    CHECK_TRUE(crossings->news.try_push(
        {first, ChannelDeclared{start, ChannelId{0}, channel, "Cel", seconds(1)},
         AlertDeclared{start, AlertId{0}, ChannelId{0}, "hot", "value >= 80"}}));
  }
  void tell_of_start() {
    tell(RunStarted{start, kBoot, "1.2.3", "0123456789abcdef"});
  }
  void raise() {
    AlertEvent event;
    event.time = start + seconds(1);
    event.value = 90.5;
    event.count = 1;
    event.alert = AlertId{0};
    event.channel = ChannelId{0};
    event.severity = Severity::kCritical;
    CHECK_TRUE(crossings->live_alerts.try_push(event));
  }
  std::vector<uplink::Live> live() {
    std::vector<uplink::Live> messages;
    for (const uplink::Published& published : link->take("sluice/v1/plant-7/live")) {
      const Result<uplink::Live> message = uplink::decode_live(published.payload);
      CHECK_TRUE(message.ok());
      messages.push_back(*message);
    }
    return messages;
  }
  std::vector<uplink::LiveAlert> live_alerts() {
    std::vector<uplink::LiveAlert> alerts;
    for (const uplink::Live& message : live()) {
      alerts.insert(alerts.end(), message.alerts.begin(), message.alerts.end());
    }
    return alerts;
  }
  std::vector<uplink::LiveValue> live_values() {
    std::vector<uplink::LiveValue> values;
    for (const uplink::Live& message : live()) {
      values.insert(values.end(), message.values.begin(), message.values.end());
    }
    return values;
  }
  std::vector<uplink::Hello> hellos() {
    std::vector<uplink::Hello> messages;
    for (const uplink::Published& published : link->take("sluice/v1/plant-7/hello")) {
      const Result<uplink::Hello> message = uplink::decode_hello(published.payload);
      CHECK_TRUE(message.ok());
      messages.push_back(*message);
    }
    return messages;
  }
  void read(double value, Quality quality = Quality::kGood) {
    crossings->latest.publish({start + seconds(1), value, ChannelId{0}, quality});
  }
};

TEST(UplinkService, says_hello_when_it_is_connected) {
  open();
  tell_of_start();
  connect();
  service->step(start);
  const std::vector<uplink::Hello> said = hellos();
  CHECK_EQUAL(1U, said.size());
  CHECK_TRUE(said[0].run == run_number(1));
  STRCMP_EQUAL(kBoot, said[0].boot.c_str());
  STRCMP_EQUAL("1.2.3", said[0].version.c_str());
  STRCMP_EQUAL("0123456789abcdef", said[0].config_hash.c_str());
}

TEST(UplinkService, says_what_the_buffer_holds) {
  CHECK_TRUE(crossings->notes.try_push({ConfigApplied{start, "hash"}}));
  storage->step(start);
  open();
  tell_of_start();
  connect();
  service->step(start);
  const std::vector<uplink::HelloHolding> holdings = hellos().at(0).holdings;
  CHECK_EQUAL(1U, holdings.size());
  CHECK_TRUE(holdings[0] == (uplink::HelloHolding{run_number(1), Stream::kEvent, 1, 1}));
}

TEST(UplinkService, says_hello_again_after_a_reload) {
  open();
  tell_of_start();
  connect();
  service->step(start);
  static_cast<void>(hellos());
  tell(ConfigApplied{start, "fedcba9876543210"});
  service->step(start + seconds(1));
  const std::vector<uplink::Hello> said = hellos();
  CHECK_EQUAL(1U, said.size());
  STRCMP_EQUAL("fedcba9876543210", said[0].config_hash.c_str());
  STRCMP_EQUAL("1.2.3", said[0].version.c_str());
}

TEST(UplinkService, says_nothing_without_a_connection) {
  open();
  tell_of_start();
  raise();
  service->step(start);
  CHECK_EQUAL(0U, link->published.size());
}

TEST(UplinkService, speaks_of_an_alert_by_name) {
  open();
  tell_of_start();
  connect();
  raise();
  service->step(start);
  const std::vector<uplink::LiveAlert> alerts = live_alerts();
  CHECK_EQUAL(1U, alerts.size());
  STRCMP_EQUAL("hot", alerts[0].name.c_str());
  STRCMP_EQUAL("boiler", alerts[0].channel.c_str());
  CHECK_TRUE(alerts[0].change == AlertChange::kRaised);
  CHECK_TRUE(alerts[0].severity == Severity::kCritical);
  CHECK_EQUAL(90.5, alerts[0].value);
  CHECK_EQUAL(1U, alerts[0].count);
  CHECK_TRUE(alerts[0].time == start + seconds(1));
}

TEST(UplinkService, an_alert_that_was_never_declared_does_no_harm) {
  open();
  connect();
  raise();
  service->step(start);
  CHECK_EQUAL(1U, live_alerts().size());
}

TEST(UplinkService, gives_no_wall_time_while_the_clock_is_not_trusted) {
  open();
  tell_of_start();
  CHECK_TRUE(
      crossings->news.try_push({ClockRecord{start, WallTime(seconds(5)), seconds(16), false}}));
  connect();
  raise();
  service->step(start);
  CHECK_FALSE(live_alerts().at(0).wall.has_value());
}

TEST(UplinkService, gives_the_wall_time_of_the_alert_once_the_clock_is_trusted) {
  open();
  tell_of_start();
  const WallTime wall{std::chrono::hours(480'000)};
  CHECK_TRUE(crossings->news.try_push({ClockRecord{start, wall, milliseconds(1), true}}));
  connect();
  raise();
  service->step(start);
  CHECK_TRUE(live_alerts().at(0).wall == wall + seconds(1));
}

TEST(UplinkService, speaks_of_the_latest_values_now_and_then) {
  open();
  tell_of_start();
  connect();
  read(21.5);
  service->step(start);
  const std::vector<uplink::LiveValue> values = live_values();
  CHECK_EQUAL(1U, values.size());
  STRCMP_EQUAL("boiler", values[0].channel.c_str());
  STRCMP_EQUAL("Cel", values[0].unit.c_str());
  CHECK_EQUAL(21.5, values[0].value);
  link->events.push_back(uplink::Taken{link->last_token, false});
  service->step(start);
  service->step(start + milliseconds(9'900));
  CHECK_EQUAL(0U, live_values().size());
  service->step(start + seconds(10));
  CHECK_EQUAL(1U, live_values().size());
}

TEST(UplinkService, shows_the_quality_of_a_value) {
  open();
  tell_of_start();
  connect();
  read(std::nan(""), Quality::kFault);
  service->step(start);
  CHECK_TRUE(live_values().at(0).quality == Quality::kFault);
}

TEST(UplinkService, speaks_of_no_value_before_the_first_reading) {
  open();
  tell_of_start();
  connect();
  service->step(start);
  CHECK_EQUAL(0U, live_values().size());
}

TEST(UplinkService, speaks_of_no_values_when_told_not_to) {
  options.live_every = Duration::zero();
  open();
  tell_of_start();
  connect();
  read(21.5);
  service->step(start);
  CHECK_EQUAL(0U, live_values().size());
}

TEST(UplinkService, a_channel_that_a_reload_removed_is_not_spoken_of) {
  open();
  tell_of_start();
  connect();
  read(21.5);
  CHECK_TRUE(crossings->news.try_push({ConfigApplied{start, "hash"}}));
  service->step(start);
  CHECK_EQUAL(0U, live_values().size());
}

TEST(UplinkService, sends_what_is_stored) {
  CHECK_TRUE(crossings->notes.try_push({ConfigApplied{start, "hash"}}));
  storage->step(start);
  open();
  tell_of_start();
  connect();
  service->step(start);
  CHECK_EQUAL(1U, link->take("sluice/v1/plant-7/up/event").size());
  CHECK_EQUAL(1U, crossings->uplink.read().delivery.in_flight);
}

TEST(UplinkService, passes_an_acknowledgement_on) {
  CHECK_TRUE(crossings->notes.try_push({ConfigApplied{start, "hash"}}));
  storage->step(start);
  open();
  tell_of_start();
  connect();
  service->step(start);
  link->events.emplace_back(uplink::Message{
      "sluice/v1/plant-7/ack/event", uplink::encode(ack_of(buffer.chunks(Stream::kEvent))), false});
  service->step(start + seconds(1));
  storage->step(start + seconds(1));
  CHECK_TRUE(buffer.chunks(Stream::kEvent).empty());
  CHECK_EQUAL(0U, crossings->uplink.read().delivery.in_flight);
}

TEST(UplinkService, shows_the_state_of_its_link) {
  open();
  service->step(start);
  CHECK_FALSE(crossings->uplink.read().link_up);
  connect();
  service->step(start + seconds(1));
  CHECK_TRUE(crossings->uplink.read().link_up);
  link->events.emplace_back(uplink::LinkDown{"cable"});
  service->step(start + seconds(2));
  CHECK_FALSE(crossings->uplink.read().link_up);
  CHECK_EQUAL(1U, crossings->uplink.read().links_lost);
}

TEST(UplinkService, shows_what_waits_in_each_lane) {
  CHECK_TRUE(crossings->notes.try_push({ConfigApplied{start, "hash"}}));
  storage->step(start);
  open();
  tell_of_start();
  CHECK_FALSE(crossings->pending.read().known);
  service->step(start);
  const PendingLanes pending = crossings->pending.read();
  CHECK_TRUE(pending.known);
  const PendingLane& events = pending.lanes[index_of(Lane::kEvent)];
  CHECK_TRUE(events.chunks == 1 && events.oldest == start);
  CHECK_EQUAL(buffer.chunks(Stream::kEvent).at(0).bytes.size(), events.bytes);
  CHECK_TRUE(pending.lanes[index_of(Lane::kRaw)].chunks == 0);
  CHECK_FALSE(pending.lanes[index_of(Lane::kRaw)].oldest.has_value());
}

TEST(UplinkService, looks_at_the_lanes_now_and_then) {
  open();
  tell_of_start();
  service->step(start);
  CHECK_TRUE(crossings->notes.try_push({ConfigApplied{start, "hash"}}));
  storage->step(start);
  service->step(start + std::chrono::milliseconds(990));
  CHECK_TRUE(crossings->pending.read().lanes[index_of(Lane::kEvent)].chunks == 0);
  service->step(start + seconds(1));
  CHECK_TRUE(crossings->pending.read().lanes[index_of(Lane::kEvent)].chunks == 1);
}

TEST(UplinkService, a_chunk_of_another_boot_has_no_age) {
  CHECK_TRUE(crossings->notes.try_push({ConfigApplied{start, "hash"}}));
  storage->step(start);
  open();
  tell(RunStarted{start, "fedcba98-7654-3210-fedc-ba9876543210", "1.2.3", "0123456789abcdef"});
  service->step(start);
  const PendingLane events = crossings->pending.read().lanes[index_of(Lane::kEvent)];
  CHECK_TRUE(events.chunks == 1);
  CHECK_FALSE(events.oldest.has_value());
}

TEST(UplinkService, says_offline_when_it_closes) {
  open();
  tell_of_start();
  connect();
  service->step(start);
  static_cast<void>(link->take("sluice/v1/plant-7/status"));
  service->close();
  const std::vector<uplink::Published> said = link->take("sluice/v1/plant-7/status");
  CHECK_EQUAL(1U, said.size());
  CHECK_FALSE(uplink::decode_status(said[0].payload)->online);
  CHECK_TRUE(link->closed);
}

TEST(UplinkService, sums_up_a_storm_of_alerts) {
  options.live_alerts_a_minute = 5;
  open();
  connect();
  tell_of_start();
  for (int i = 0; i < 50; ++i) raise();
  service->step(start);
  CHECK_EQUAL(5U, live_alerts().size());
  CHECK_EQUAL(45U, crossings->uplink.read().live_held_back);
  service->step(start + seconds(60));
  const std::vector<uplink::LiveAlert> sum = live_alerts();
  CHECK_EQUAL(1U, sum.size());
  STRCMP_EQUAL("alert storm", sum[0].name.c_str());
  CHECK_EQUAL(45U, sum[0].count);
  ENUMS_EQUAL_INT(Severity::kCritical, sum[0].severity);
  service->step(start + seconds(120));
  ENUMS_EQUAL_INT(AlertChange::kCleared, live_alerts().at(0).change);
}

TEST(UplinkService, speaks_of_an_alert_over_others_without_a_channel) {
  open();
  connect();
  tell_of_start();
  AlertEvent event;
  event.alert = AlertId{0};
  event.channel = kNoChannel;
  CHECK_TRUE(crossings->live_alerts.try_push(event));
  service->step(start);
  const std::vector<uplink::LiveAlert> alerts = live_alerts();
  CHECK_EQUAL(1U, alerts.size());
  STRCMP_EQUAL("", alerts[0].channel.c_str());
}
