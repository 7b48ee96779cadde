#include "app/service_reports.hpp"

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "tests/app/plant.hpp"
#include "tests/hal/process/log_capture.hpp"
#include "tests/hal/process/notify_listener.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

using Messages = std::vector<std::string>;

// A manager that wants to hear from the gateway every 30 s, and one thread beside the caller's.
TEST_GROUP(ServiceReports) {
  hal::LogCapture log;
  hal::NotifyListener listener;
  Heartbeat storage;
  Plant plant;
  std::unique_ptr<ServiceReports> reports;

  void setup() override {
    CHECK_TRUE(plant.open(sample_config(plant.buffer.path(), {channel_named("boiler")})).ok());
    begin(seconds(30));
  }
  void begin(Duration watchdog) {
    reports =
        std::make_unique<ServiceReports>(hal::NotifySocket(listener.name(), watchdog),
                                         Watchdog({{"storage", &storage, seconds(60)}}, plant.now));
  }
  Messages heard_after(Duration pause) {
    plant.now += pause;
    reports->tend(plant.gateway(), plant.now);
    return listener.heard();
  }
  void become_ready() {
    storage.beat();
    CHECK_FALSE(heard_after(seconds(0)).empty());
  }
  void raise_alerts(std::uint64_t count) {
    LoopStatus loop;
    loop.alerts_active = count;
    plant.gateway().crossings().loop.publish(loop);
  }
  static bool has(const Messages& messages, const std::string& message) {
    for (const std::string& one : messages) {
      if (one == message) return true;
    }
    return false;
  }
};

TEST(ServiceReports, say_that_it_is_ready_once_every_thread_came_round) {
  CHECK_TRUE(heard_after(seconds(1)).empty());
  CHECK_FALSE(reports->settled());
  storage.beat();
  const Messages messages = heard_after(seconds(1));
  STRCMP_EQUAL("READY=1\nSTATUS=1 channel, 0 active alerts, 0 chunks to deliver",
               messages.at(0).c_str());
  CHECK_EQUAL(1U, messages.size());
  CHECK_TRUE(reports->settled());
}

TEST(ServiceReports, feed_the_watchdog_three_times_in_its_time) {
  become_ready();
  storage.beat();
  CHECK_TRUE(heard_after(milliseconds(9'999)).empty());
  CHECK_TRUE(has(heard_after(milliseconds(1)), "WATCHDOG=1"));
}

TEST(ServiceReports, do_not_feed_the_watchdog_for_a_thread_that_hangs) {
  become_ready();
  CHECK_TRUE(has(heard_after(seconds(59)), "WATCHDOG=1"));
  for (int i = 0; i < 100; ++i) {
    CHECK_FALSE(has(heard_after(seconds(10)), "WATCHDOG=1"));
  }
}

// It fed the watchdog as it became ready, and missed every thread that had begun before it looked.
TEST(ServiceReports, do_not_miss_at_once_who_had_begun_before) {
  storage.beat();
  reports = std::make_unique<ServiceReports>(hal::NotifySocket(listener.name(), seconds(30)),
                                             Watchdog({{"the loop", &storage, {}}}, plant.now));
  CHECK_EQUAL(1U, heard_after(seconds(0)).size());
  storage.beat();
  CHECK_TRUE(heard_after(seconds(10)) == Messages{"WATCHDOG=1"});
  CHECK_TRUE(log.lines.empty());
}

TEST(ServiceReports, say_who_hangs_and_that_it_is_over) {
  become_ready();
  CHECK_TRUE(has(heard_after(seconds(10)), "WATCHDOG=1"));
  CHECK_TRUE(has(heard_after(seconds(61)), "STATUS=no sign of life from storage"));
  CHECK_TRUE(heard_after(seconds(1)).empty());
  CHECK_EQUAL(1U, log.lines.size());
  STRCMP_CONTAINS("no sign of life from storage", log.lines[0].c_str());
  storage.beat();
  const Messages messages = heard_after(seconds(1));
  CHECK_TRUE(has(messages, "WATCHDOG=1"));
  CHECK_TRUE(has(messages, "STATUS=1 channel, 0 active alerts, 0 chunks to deliver"));
  STRCMP_CONTAINS("every thread comes round again", log.lines.at(1).c_str());
}

TEST(ServiceReports, feed_no_watchdog_that_nobody_asked_for) {
  begin(seconds(0));
  become_ready();
  storage.beat();
  CHECK_TRUE(heard_after(seconds(100)).empty());
}

TEST(ServiceReports, repeat_a_status_only_when_it_changed) {
  begin(seconds(0));
  become_ready();
  CHECK_TRUE(heard_after(seconds(100)).empty());
  raise_alerts(2);
  CHECK_TRUE(heard_after(seconds(10)) ==
             Messages{"STATUS=1 channel, 2 active alerts, 0 chunks to deliver"});
  raise_alerts(3);
  CHECK_TRUE(heard_after(seconds(9)).empty());
  CHECK_EQUAL(1U, heard_after(seconds(1)).size());
}

TEST(ServiceReports, say_that_the_buffer_cannot_be_written) {
  StorageStatus failing;
  failing.failing = true;
  plant.gateway().crossings().storage.publish(failing);
  STRCMP_CONTAINS("the buffer cannot be written",
                  service_status(plant.gateway(), "", false).c_str());
}

TEST(ServiceReports, enclose_a_reload) {
  become_ready();
  reports->reloading();
  reports->reloaded(plant.gateway(), true);
  CHECK_TRUE(
      listener.heard() ==
      (Messages{"RELOADING=1", "READY=1\nSTATUS=1 channel, 0 active alerts, 0 chunks to deliver"}));
}

TEST(ServiceReports, say_that_a_configuration_was_refused_until_one_is_not) {
  become_ready();
  reports->reloaded(plant.gateway(), false);
  STRCMP_CONTAINS("a changed configuration was refused", listener.heard().at(0).c_str());
  reports->reloaded(plant.gateway(), true);
  CHECK_TRUE(listener.heard().at(0).find("refused") == std::string::npos);
}

TEST(ServiceReports, a_reload_before_it_is_ready_does_not_make_it_ready) {
  reports->reloading();
  reports->reloaded(plant.gateway(), true);
  CHECK_TRUE(listener.heard().empty());
}

TEST(ServiceReports, say_that_it_stops) {
  reports->stopping();
  STRCMP_CONTAINS("STOPPING=1", listener.heard().at(0).c_str());
}

TEST(ServiceReports, try_again_what_was_not_taken) {
  const hal::NotifySocket flood(listener.name(), {});
  while (flood.tell("X=1")) continue;
  storage.beat();
  reports->tend(plant.gateway(), plant.now);
  CHECK_FALSE(reports->settled());
  static_cast<void>(listener.heard());
  CHECK_EQUAL(1U, heard_after(milliseconds(20)).size());
}

TEST(ServiceReports, go_nowhere_when_nobody_listens) {
  ServiceReports unheard({}, Watchdog({{"storage", &storage, {}}}, plant.now));
  CHECK_TRUE(unheard.settled());
  unheard.tend(plant.gateway(), plant.now);
  unheard.reloading();
  unheard.reloaded(plant.gateway(), true);
  unheard.stopping();
  CHECK_TRUE(log.lines.empty());
}
