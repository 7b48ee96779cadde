#include "app/promoter.hpp"

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "app/storage_service.hpp"
#include "tests/app/buffer.hpp"
#include "tests/app/link_state.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// The storage service with two channels that are read once a second, sealed every 30 s.
TEST_GROUP(Promoter) {
  Buffer buffer;
  StorageService::Options options;
  std::unique_ptr<Crossings> crossings;
  std::unique_ptr<StorageService> service;
  Instant now{seconds(10'000)};
  std::uint8_t run = 0;

  void setup() override {
    options.store.path = buffer.path();
    options.seal = {seconds(1), seconds(30), 1'000};
    options.boot = kBoot;
    options.around_alert = {seconds(20), seconds(20), config::AroundAlert::Channels::kOwn};
    start();
  }
  // After a power cut, or for the first time. Numbers of channels differ from run to run.
  void start() {
    service.reset();
    options.run = run_number(++run);
    crossings = std::make_unique<Crossings>(1'000);
    link_is(*crossings, true);
    Result<StorageService> opened = StorageService::open(options, *crossings, now);
    CHECK_TRUE(opened.ok());
    service = std::make_unique<StorageService>(std::move(*opened));
    CHECK_TRUE(
        crossings->notes.try_push({ChannelDeclared{now, boiler(), "boiler", "Cel", seconds(1)},
                                   ChannelDeclared{now, pump(), "pump", "bar", seconds(1)}}));
    service->step(now);
  }
  ChannelId boiler() const {
    return ChannelId{static_cast<std::uint16_t>(run)};
  }
  ChannelId pump() const {
    return ChannelId{static_cast<std::uint16_t>(run + 10)};
  }
  void live(Duration length) {
    for (const Instant end = now + length; now < end;) {
      now += seconds(1);
      for (const ChannelId channel : {boiler(), pump()}) {
        CHECK_TRUE(crossings->readings.try_push({now, 20.5, channel, Quality::kGood}));
      }
      service->step(now);
      service->step(now + milliseconds(20));
    }
  }
  void raise() {
    AlertEvent event;
    event.time = now;
    event.channel = boiler();
    CHECK_TRUE(crossings->alerts.try_push(event));
    service->step(now);
  }
  // Stamps of the readings in the lane, in seconds, of both channels.
  struct Requested {
    std::vector<std::int64_t> boiler;
    std::vector<std::int64_t> pump;
  };
  Requested requested() const {
    Requested found;
    LaneRange range;
    range.lane = Lane::kRequested;
    storage::Reader reader = buffer.reader();
    for (;;) {
      const auto chunks = reader.pending(range, 1'000'000);
      CHECK_TRUE(chunks.ok());
      if (chunks->empty()) return found;
      for (const storage::StoredChunk& one : *chunks) {
        const bool of_boiler = index_of(one.chunk.header.channel) <= 10;
        const Result<std::vector<Reading>> readings = chunk::decode_readings(one.chunk);
        CHECK_TRUE(readings.ok());
        for (const Reading& reading : *readings) {
          (of_boiler ? found.boiler : found.pump).push_back(to_ns(reading.time) / 1'000'000'000);
        }
      }
      range.after = chunks->back().position;
    }
  }
  // Whether all that was read of the boiler within 20 s of the alert is there, and nothing of the
  // pump.
  void check_around(Instant alert) const {
    const Requested found = requested();
    const std::int64_t at = to_ns(alert) / 1'000'000'000;
    for (std::int64_t second = at - 20; second <= at + 20; ++second) {
      CHECK_TRUE(std::ranges::count(found.boiler, second) == 1);
    }
    CHECK_TRUE(found.pump.empty());
    CHECK_TRUE(found.boiler.size() <= 41 + 2 * 31);
  }
};

TEST(Promoter, sends_ahead_what_is_around_an_alert) {
  live(minutes(3));
  const Instant alert = now;
  raise();
  live(minutes(3));
  check_around(alert);
  CHECK_TRUE(service->status().promotion.recorded == 1);
  CHECK_TRUE(service->status().totals.promoted == (*buffer.reader().waiting())[3].chunks);
}

TEST(Promoter, seals_what_an_alert_waits_for_while_the_link_is_up) {
  options.seal.seal_after = minutes(30);
  start();
  live(seconds(40));
  const Instant alert = now;
  raise();
  live(seconds(25));
  check_around(alert);
}

TEST(Promoter, waits_for_full_chunks_while_there_is_no_link) {
  link_is(*crossings, false);
  live(minutes(2));
  const Instant alert = now;
  raise();
  live(minutes(5));
  CHECK_TRUE(requested().boiler.empty());
  live(minutes(3));  // a thousand readings
  const Requested found = requested();
  CHECK_TRUE(std::ranges::count(found.boiler, to_ns(alert) / 1'000'000'000) == 1);
  CHECK_TRUE(found.pump.empty());
}

TEST(Promoter, an_alert_right_before_a_crash_has_its_readings_sent_ahead) {
  live(minutes(2));
  const Instant alert = now;
  raise();
  live(seconds(3));
  start();
  live(minutes(2));
  check_around(alert);
}

TEST(Promoter, what_was_stored_before_an_alert_is_found_after_a_crash_at_the_alert) {
  live(minutes(2) + seconds(5));
  const Instant alert = now;
  AlertEvent event;
  event.time = now;
  event.channel = boiler();
  CHECK_TRUE(crossings->alerts.try_push(event));
  service->step(now);
  start();
  live(minutes(2));
  check_around(alert);
}

TEST(Promoter, records_all_channels_when_told_so) {
  options.around_alert.channels = config::AroundAlert::Channels::kAll;
  start();
  live(minutes(1));
  raise();
  live(minutes(2));
  const Requested found = requested();
  CHECK_TRUE(found.boiler.size() >= 41 && found.pump.size() == found.boiler.size());
}

TEST(Promoter, does_nothing_when_it_is_off) {
  options.around_alert = {Duration::zero(), Duration::zero(), config::AroundAlert::Channels::kOwn};
  start();
  live(minutes(1));
  raise();
  live(minutes(2));
  CHECK_TRUE(requested().boiler.empty() && service->status().promotion.recorded == 0);
}

TEST(Promoter, an_alert_that_could_not_be_stored_is_recorded_once) {
  live(minutes(1));
  const Instant alert = now;
  {
    const Intruder intruder(buffer.path());
    raise();
    CHECK_TRUE(service->status().failing);
    CHECK_TRUE(service->status().promotion.recorded == 0);
  }
  live(minutes(2));
  check_around(alert);
  CHECK_TRUE(service->status().promotion.recorded == 1);
}

TEST(Promoter, forgets_recordings_that_are_over) {
  live(minutes(1));
  raise();
  live(minutes(2));
  const auto count = [this] {
    return **storage::Connection::open(buffer.path(), storage::Access::kRead)
                 ->integer("SELECT count(*) FROM recording");
  };
  CHECK_TRUE(count() == 1);
  live(minutes(14));
  CHECK_TRUE(count() == 0);
}

TEST(Promoter, does_what_the_far_side_asks_for) {
  options.seal.seal_after = minutes(30);
  start();
  live(seconds(30));
  const std::int64_t at = to_ns(now);
  CHECK_TRUE(crossings->commands.try_push(
      {"a", "pump", run_number(run), {at - 10'000'000'000, at + 100'000'000'000}}));
  live(seconds(8));
  CHECK_TRUE(crossings->answers.try_pop()->state == uplink::CommandState::kExecuting);
  const auto answer = crossings->answers.try_pop();
  CHECK_TRUE(answer.has_value() && answer->state == uplink::CommandState::kSuccessful);
  CHECK_TRUE(answer->readings >= 31 && answer->absent.empty());
  CHECK_TRUE(requested().pump.size() == answer->readings && requested().boiler.empty());
}
