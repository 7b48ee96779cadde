#include "app/threads.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <thread>
#include <utility>

#include "tests/app/plant.hpp"
#include "tests/app/virtual_clock.hpp"
#include "tests/hal/process/log_capture.hpp"
#include "tests/temporary_folder.hpp"
#include "tests/uplink/fake_link.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// A link whose thread hangs in it until it is let go.
class HangingLink final : public uplink::Link {
 public:
  explicit HangingLink(const std::atomic<bool>& hanging) : hanging_(hanging) {}
  std::optional<uplink::LinkEvent> poll(Instant) override { return std::nullopt; }
  Result<std::uint32_t> publish(std::string_view, std::span<const std::byte>,
                                uplink::Retain) override {
    return Error{ErrorCode::kUnavailable, "down"};
  }
  void wait(Duration) override {
    while (hanging_) std::this_thread::yield();
  }
  void close() override {}

 private:
  const std::atomic<bool>& hanging_;
};

}  // namespace

TEST_GROUP(Threads) {
  VirtualClock clock;
  Plant plant;
  TemporaryFolder files;
  config::Config config = sample_config(
      plant.buffer.path(), {with_alert(with_peak(channel_named("boiler", milliseconds(100)),
                                                 seconds(1), seconds(1), seconds(3)),
                                       "hot"),
                            channel_named("tank")});
  std::unique_ptr<Threads> threads;

  void setup() override {
    plant.now = clock.now();
    config.realtime.priority = 0;
    config.realtime.lock_memory = false;
  }
  void start(std::unique_ptr<uplink::Link> link = nullptr) {
    CHECK_TRUE(plant.open(config, std::move(link)).ok());
    Result<std::unique_ptr<Threads>> started = Threads::start(plant.gateway(), clock);
    CHECK_TRUE(started.ok());
    threads = std::move(*started);
  }
  // A driver that never returns: it opens a pipe that nobody writes to.
  void hang_a_driver() {
    CHECK_EQUAL(0, mkfifo(files.path_of("loadavg").c_str(), 0600));
    config.channels.push_back(load_channel("load", files.path(), milliseconds(100)));
  }
  void let_the_driver_go() {
    const int pipe = ::open(files.path_of("loadavg").c_str(), O_WRONLY);
    files.remove("loadavg");
    close(pipe);
  }
  bool hangs() {
    const std::span<const DriverReport> drivers = plant.gateway().drivers();
    return !drivers.empty() && drivers[0].counts.busy_since != Instant{};
  }
  bool reads(const char* channel, Quality quality) {
    const auto id = plant.gateway().numbering().find_channel(channel, "Cel");
    const auto reading = plant.gateway().crossings().latest.read(id.value());
    return reading && reading->quality == quality;
  }
  // Does what the main thread does meanwhile.
  void wait_until(const std::function<bool()>& done) {
    while (!done()) {
      plant.gateway().tend(clock.now());
      threads->tend();
      std::this_thread::yield();
    }
  }
  void reload(const config::Config& next) {
    wait_until([&] { return plant.gateway().reload(next, clock.now()).ok(); });
  }
  std::uint64_t ticks() {
    return plant.gateway().crossings().loop.read().ticks;
  }
  void wait_for_ticks(std::uint64_t wanted) {
    while (ticks() < wanted) std::this_thread::yield();
  }
};

TEST(Threads, store_everything_they_produced) {
  start();
  wait_for_ticks(100);
  CHECK_TRUE(threads->stop().ok());
  const std::uint64_t produced = plant.gateway().crossings().loop.read().readings;
  const StorageStatus status = plant.gateway().storage().status();
  CHECK_EQUAL(produced, status.totals.stored + status.readings_lost);
  CHECK_EQUAL(0U, status.uncommitted);
  CHECK_EQUAL(produced, plant.buffer.events_of_kind<RunEnded>().at(0).readings);
}

TEST(Threads, apply_a_reload_while_they_run) {
  start();
  wait_for_ticks(20);
  for (int i = 0; i < 5; ++i) {
    config.channels.push_back(channel_named("more" + std::to_string(i)));
    while (!plant.gateway().reload(config, clock.now()).ok()) {
      plant.gateway().tend(clock.now());
      std::this_thread::yield();
    }
  }
  wait_for_ticks(plant.gateway().crossings().loop.read().ticks + 100);
  CHECK_TRUE(threads->stop().ok());
  CHECK_EQUAL(5U, plant.buffer.events_of_kind<ConfigApplied>().size());
  CHECK_TRUE(plant.gateway().crossings().latest.read(ChannelId{6}).has_value());
}

TEST(Threads, close_the_link_when_they_stop) {
  auto link = std::make_unique<uplink::FakeLink>();
  const uplink::FakeLink& seen = *link;
  start(std::move(link));
  wait_for_ticks(5);
  CHECK_TRUE(threads->stop().ok());
  CHECK_TRUE(seen.closed);
}

TEST(Threads, say_when_the_last_readings_could_not_be_written) {
  const hal::LogCapture log;
  start();
  wait_for_ticks(20);
  const Intruder intruder(plant.buffer.path());
  CHECK_FALSE(threads->stop().ok());
}

TEST(Threads, say_which_of_them_hangs) {
  std::atomic<bool> hanging{true};
  start(std::make_unique<HangingLink>(hanging));
  wait_for_ticks(5);
  const Result<> stopped = threads->stop();
  CHECK_TRUE(!stopped.ok() && stopped.error().code == ErrorCode::kTimeout);
  STRCMP_CONTAINS("does not end: uplink;", stopped.error().message.c_str());
  CHECK_EQUAL(1U, plant.buffer.events_of_kind<RunEnded>().size());
  hanging = false;
  while (!threads->stop().ok()) {
  }
}

TEST(Threads, come_round_each_of_them) {
  start(std::make_unique<uplink::FakeLink>());
  Watchdog watchdog(threads->vitals(), clock.now());
  CHECK_EQUAL(3U, threads->vitals().size());
  while (!watchdog.feed(clock.now()) || !watchdog.all_began()) std::this_thread::yield();
  CHECK_TRUE(threads->stop().ok());
}

TEST(Threads, show_when_one_of_them_no_longer_comes_round) {
  std::atomic<bool> hanging{true};
  start(std::make_unique<HangingLink>(hanging));
  Watchdog watchdog(threads->vitals(), clock.now());
  while (watchdog.feed(clock.now())) wait_for_ticks(ticks() + 1);
  while (watchdog.missing() != "the uplink") static_cast<void>(watchdog.feed(clock.now()));
  hanging = false;
  while (!watchdog.feed(clock.now())) std::this_thread::yield();
  CHECK_TRUE(threads->stop().ok());
}

TEST(Threads, go_on_while_a_device_does_not_answer) {
  hang_a_driver();
  files.write("level", "7\n");
  config.channels.push_back(file_channel("level", files.path_of("level"), milliseconds(100)));
  start();
  wait_until([&] { return hangs(); });
  wait_for_ticks(plant.gateway().crossings().loop.read().ticks + 300);
  wait_until([&] { return reads("level", Quality::kGood); });
  CHECK_TRUE(reads("load", Quality::kMissing));
  let_the_driver_go();
  CHECK_TRUE(threads->stop().ok());
}

TEST(Threads, stop_in_time_while_a_device_does_not_answer) {
  const hal::LogCapture log;
  hang_a_driver();
  start();
  wait_until([&] { return hangs(); });
  CHECK_TRUE(threads->stop().ok());
  CHECK_TRUE(threads->some_hang());
  CHECK_EQUAL(1U, plant.buffer.events_of_kind<RunEnded>().size());
  STRCMP_CONTAINS("bus host does not end", log.lines.back().c_str());
  let_the_driver_go();
  while (threads->some_hang()) CHECK_TRUE(threads->stop().ok());
}

TEST(Threads, follow_the_buses_of_a_reload) {
  const config::Config before = config;
  start();
  for (int i = 0; i < 3; ++i) {
    files.write("level", std::to_string(i) + "\n");
    config.channels.push_back(file_channel("level", files.path_of("level"), milliseconds(100)));
    reload(config);
    wait_until([&] { return reads("level", Quality::kGood); });
    config = before;
    reload(config);
    wait_until([&] { return plant.gateway().workers().empty(); });
  }
  CHECK_TRUE(threads->stop().ok());
}

TEST(Threads, stop_when_they_go) {
  start();
  wait_for_ticks(5);
  threads.reset();
  CHECK_EQUAL(1U, plant.buffer.events_of_kind<RunEnded>().size());
}

TEST(Threads, are_granted_what_they_do_not_ask_for) {
  start();
  CHECK_FALSE(threads->grant().degraded());
  CHECK_FALSE(threads->grant().fifo);
  CHECK_TRUE(threads->stop().ok());
}

TEST_GROUP(Thread){};

TEST(Thread, does_not_end_before_its_body_does) {
  std::atomic<bool> hanging{true};
  Result<std::unique_ptr<Thread>> thread = Thread::start("test", [&](const std::atomic<bool>&) {
    while (hanging) std::this_thread::yield();
  });
  CHECK_TRUE(thread.ok());
  (*thread)->ask_to_end();
  CHECK_FALSE((*thread)->wait_for_end(milliseconds(1)));
  hanging = false;
  while (!(*thread)->wait_for_end(seconds(1))) {
  }
}

TEST(Thread, runs_its_body_until_it_is_stopped) {
  std::atomic<int> rounds{0};
  Result<std::unique_ptr<Thread>> thread =
      Thread::start("test", [&](const std::atomic<bool>& stop) {
        while (!stop) ++rounds;
      });
  CHECK_TRUE(thread.ok());
  while (rounds == 0) std::this_thread::yield();
  (*thread)->ask_to_end();
  while (!(*thread)->wait_for_end(seconds(1))) {
  }
  const int ended_with = rounds;
  CHECK_EQUAL(ended_with, rounds.load());
}
