#include "app/driver_watch.hpp"

#include <chrono>
#include <memory>
#include <string>
#include <vector>

#include "tests/hal/process/log_capture.hpp"
#include "tests/hal/scripted_probe.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

TEST_GROUP(DriverWatch) {
  DriverWatch watch;
  hal::LogCapture log;
  std::vector<std::unique_ptr<hal::ScriptedChannel>> channels;
  std::vector<DriverChanged> events;
  bool records = true;
  Instant now{seconds(1000)};

  // Channels "c0", "c1" and so on of one bus.
  void watch_channels(std::size_t count) {
    std::vector<WatchedDriver> drivers;
    for (std::size_t i = 0; i < count; ++i) {
      channels.push_back(std::make_unique<hal::ScriptedChannel>(seconds(1)));
      drivers.push_back(
          {"c" + std::to_string(i), static_cast<ChannelId>(i), "bus", &channels.back()->polled});
    }
    watch.watch(std::move(drivers));
  }
  void answer(std::size_t channel) {
    ask(channel, std::nullopt);
  }
  void lose(std::size_t channel) {
    ask(channel, ErrorCode::kNotFound);
  }
  void ask(std::size_t channel, std::optional<ErrorCode> error) {
    channels[channel]->source.error = error;
    hal::PolledProbe& probe = channels[channel]->polled;
    probe.measure(now);
    probe.settle(now);
  }
  void look() {
    watch.look(now, [this](const std::vector<Event>& found) {
      if (!records) return false;
      for (const Event& event : found) events.push_back(std::get<DriverChanged>(event));
      return true;
    });
  }
};

TEST(DriverWatch, says_nothing_of_a_driver_that_is_up) {
  watch_channels(1);
  look();
  answer(0);
  look();
  CHECK_EQUAL(0U, events.size());
  CHECK_EQUAL(0U, log.lines.size());
}

TEST(DriverWatch, says_once_that_a_driver_is_down_and_why) {
  watch_channels(1);
  lose(0);
  look();
  now += seconds(1);
  lose(0);
  look();
  CHECK_EQUAL(1U, events.size());
  CHECK_TRUE(events[0] == (DriverChanged{now - seconds(1), ChannelId{0}, DriverState::kDown,
                                         "the bus is silent"}));
  CHECK_EQUAL(1U, log.lines.size());
  STRCMP_EQUAL("channel c0: its driver is down: the bus is silent", log.lines[0].c_str());
  CHECK_TRUE(log.levels[0] == LogLevel::kWarning);
}

TEST(DriverWatch, says_once_that_a_driver_is_up_again) {
  watch_channels(1);
  lose(0);
  look();
  now += seconds(1);
  answer(0);
  look();
  look();
  CHECK_EQUAL(2U, events.size());
  CHECK_TRUE(events[1] == (DriverChanged{now, ChannelId{0}, DriverState::kUp, ""}));
  STRCMP_EQUAL("channel c0: its driver is up again", log.lines.back().c_str());
}

TEST(DriverWatch, says_less_and_less_of_a_driver_that_flaps) {
  watch_channels(1);
  const Instant end = now + minutes(60);
  for (bool lost = true; now < end; now += milliseconds(500), lost = !lost) {
    lost ? lose(0) : answer(0);
    look();
  }
  CHECK_TRUE(events.size() >= 5);
  CHECK_TRUE(events.size() <= 25);
}

TEST(DriverWatch, says_the_last_state_of_a_driver_that_flapped) {
  watch_channels(1);
  for (int i = 0; i < 50; ++i, now += milliseconds(500)) {
    i % 2 == 0 ? lose(0) : answer(0);
    look();
  }
  lose(0);
  now += minutes(6);
  look();
  CHECK_TRUE(events.back().state == DriverState::kDown);
  now += minutes(20);
  answer(0);
  look();
  CHECK_TRUE(events.back().state == DriverState::kUp);
}

TEST(DriverWatch, says_again_what_could_not_be_recorded) {
  watch_channels(1);
  lose(0);
  records = false;
  look();
  CHECK_EQUAL(0U, log.lines.size());
  records = true;
  look();
  CHECK_EQUAL(1U, events.size());
  CHECK_EQUAL(1U, log.lines.size());
}

TEST(DriverWatch, does_not_flood_the_log_when_all_fail_at_once) {
  watch_channels(200);
  for (std::size_t i = 0; i < 200; ++i) lose(i);
  look();
  CHECK_EQUAL(200U, events.size());
  CHECK_EQUAL(DriverWatch::kLogLinesMax, log.lines.size());
  now += DriverWatch::kLogWindow;
  for (std::size_t i = 0; i < 200; ++i) answer(i);
  look();
  CHECK_EQUAL(400U, events.size());
  CHECK_EQUAL(2 * DriverWatch::kLogLinesMax + 1, log.lines.size());
  STRCMP_EQUAL("190 more changes of drivers; `sluice status` shows how they do",
               log.lines[DriverWatch::kLogLinesMax].c_str());
}

TEST(DriverWatch, tells_of_a_thousand_in_several_looks) {
  watch_channels(1'000);
  for (std::size_t i = 0; i < 1'000; ++i) lose(i);
  look();
  CHECK_EQUAL(DriverWatch::kEventsMax, events.size());
  for (int i = 0; i < 3; ++i) look();
  CHECK_EQUAL(1'000U, events.size());
}

TEST(DriverWatch, sees_a_read_that_does_not_come_back_and_whom_it_holds_up) {
  watch_channels(2);
  answer(0);
  answer(1);
  channels[1]->polled.measure(now);
  now += seconds(1);
  look();
  CHECK_EQUAL(0U, events.size());
  now += seconds(4);
  look();
  CHECK_EQUAL(2U, events.size());
  CHECK_TRUE(events[1].state == DriverState::kDown);
  STRCMP_EQUAL("a read has not come back for 5 s", events[1].reason.c_str());
  CHECK_TRUE(events[0].state == DriverState::kDown);
  STRCMP_EQUAL("its bus waits for channel c1, whose read has not come back for 5 s",
               events[0].reason.c_str());
}

TEST(DriverWatch, sees_a_first_read_that_does_not_come_back) {
  watch_channels(1);
  channels[0]->polled.measure(now);
  now += seconds(2);
  look();
  CHECK_EQUAL(1U, events.size());
  CHECK_TRUE(watch.reports()[0].asked);
}

TEST(DriverWatch, remembers_channels_that_stay) {
  watch_channels(2);
  lose(0);
  lose(1);
  look();
  watch.watch({{"c1", ChannelId{1}, "bus", &channels[1]->polled}});
  look();
  CHECK_EQUAL(2U, events.size());
  CHECK_EQUAL(1U, watch.reports().size());
}

TEST(DriverWatch, reports_how_each_does) {
  watch_channels(2);
  lose(0);
  look();
  const DriverReport& report = watch.reports()[0];
  STRCMP_EQUAL("c0", report.channel.c_str());
  STRCMP_EQUAL("bus", report.bus.c_str());
  CHECK_TRUE(report.state == DriverState::kDown);
  STRCMP_EQUAL("the bus is silent", report.reason.c_str());
  CHECK_EQUAL(1U, report.counts.failed);
  CHECK_FALSE(watch.reports()[1].asked);
}
