#include "app/supervisor.hpp"

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <variant>
#include <vector>

#include "app/requests.hpp"
#include "tests/app/plant.hpp"
#include "tests/app/virtual_clock.hpp"
#include "tests/hal/process/log_capture.hpp"
#include "tests/hal/process/notify_listener.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

// Signals wait until the supervisor looks, SIGHUP before SIGINT before SIGTERM; so no test has to.
TEST_GROUP(Supervisor) {
  hal::LogCapture log;
  TemporaryFolder folder;
  VirtualClock clock;
  Plant plant;
  std::unique_ptr<Threads> threads;
  config::Config next;
  config::Problems problems;
  std::function<void()> before_load = [] {};
  std::vector<std::string> proven;
  Supervisor::Options options{[this] { return load(); },
                              [this](const std::string& hash) { proven.push_back(hash); },
                              Duration::zero()};
  std::unique_ptr<Supervisor> supervisor;

  void setup() override {
    plant.now = clock.now();
    next = with({with_alert(channel_named("boiler"), "hot")});
    CHECK_TRUE(plant.open(next).ok());
    threads = std::make_unique<Threads>(plant.gateway(), clock);  // none is started
    supervisor = std::make_unique<Supervisor>(options, clock);
  }
  config::Config with(std::vector<config::ChannelOptions> channels) {
    config::Config config = sample_config(plant.buffer.path(), std::move(channels));
    config.gateway.run_directory = folder.path();
    return config;
  }
  std::variant<config::Config, config::Problems> load() {
    before_load();
    if (!problems.empty()) return problems;
    return next;
  }
  Result<> serve() {
    return supervisor->run(plant.gateway(), *threads);
  }
  void run_with(const std::vector<int>& signals) {
    for (const int signal : signals) raise(signal);
    CHECK_TRUE(serve().ok());
  }
  // What a client hears that asks while it runs.
  Result<std::string> hear(const std::string& request) {
    Result<std::string> heard = Error{};
    std::thread client([&] {
      // The socket has a name before anybody listens.
      while (!(heard = ask_gateway(socket_path(folder.path()), request))) std::this_thread::yield();
      kill(getpid(), SIGTERM);
    });
    CHECK_TRUE(serve().ok());
    client.join();
    return heard;
  }
  std::string channel() {
    return plant.gateway().config().channels.at(0).spec.name;
  }
  bool logged(const std::string& text) const {
    for (const std::string& line : log.lines) {
      if (line.find(text) != std::string::npos) return true;
    }
    return false;
  }
  std::vector<ClockRecord> clocks() {
    plant.gateway().storage().step(clock.now());
    return plant.buffer.events_of_kind<ClockRecord>();
  }
};

TEST(Supervisor, ends_when_it_is_told_to) {
  run_with({SIGTERM});
  run_with({SIGINT});
}

TEST(Supervisor, ends_by_itself_after_its_time) {
  options.run_for = seconds(10);
  supervisor = std::make_unique<Supervisor>(options, clock);
  before_load = [this] { clock.sleep_until(clock.now() + seconds(10)); };
  run_with({SIGHUP});
}

TEST(Supervisor, reloads_when_it_is_told_to) {
  next = with({channel_named("tank")});
  run_with({SIGHUP, SIGTERM});
  STRCMP_EQUAL("tank", channel().c_str());
  CHECK_TRUE(logged("configuration 0123456789abcdef applied"));
}

TEST(Supervisor, keeps_the_old_configuration_when_the_new_one_has_mistakes) {
  problems = {{"sluice.toml", 3, 1, "perod", "unknown key"},
              {"sluice.toml", 4, 1, "limit", "must be a number"}};
  run_with({SIGHUP, SIGTERM});
  STRCMP_EQUAL("boiler", channel().c_str());
  CHECK_TRUE(logged("sluice.toml:3:1: perod"));
  CHECK_TRUE(logged("sluice.toml:4:1: limit"));
  CHECK_TRUE(logged("not reloaded"));
}

TEST(Supervisor, keeps_the_old_configuration_when_the_new_one_does_not_open) {
  config::ChannelOptions recording = channel_named("recording");
  hal::ReplayOptions replay;
  replay.file = "/no/such/file.csv";
  recording.sensor = replay;
  next = with({recording});
  run_with({SIGHUP, SIGTERM});
  STRCMP_EQUAL("boiler", channel().c_str());
  CHECK_TRUE(logged("not reloaded"));
  CHECK_TRUE(logged("\"recording\""));
}

TEST(Supervisor, tells_once_of_a_configuration_that_has_been_in_force_for_long) {
  before_load = [this] { clock.sleep_until(clock.now() + Supervisor::kProven); };
  problems = {{"sluice.toml", 3, 1, "perod", "unknown key"}};
  run_with({SIGHUP, SIGHUP, SIGTERM});
  CHECK_TRUE(proven == std::vector<std::string>{"0123456789abcdef"});
}

TEST(Supervisor, does_not_tell_of_one_that_was_just_applied) {
  before_load = [this] { clock.sleep_until(clock.now() + Supervisor::kProven); };
  run_with({SIGHUP, SIGTERM});
  CHECK_TRUE(proven.empty());
}

TEST(Supervisor, names_what_waits_for_a_restart) {
  next.realtime.priority = 7;
  next.seal.seal_readings = 7;
  run_with({SIGHUP, SIGTERM});
  CHECK_TRUE(logged("[realtime, storage] need a restart"));
}

TEST(Supervisor, notes_the_clock_when_it_starts) {
  run_with({SIGTERM});
  run_with({SIGHUP, SIGTERM});
  CHECK_EQUAL(1U, clocks().size());
  CHECK_TRUE(clocks()[0] == (ClockRecord{plant.now, clock.wall(), milliseconds(1), true}));
}

TEST(Supervisor, notes_the_clock_when_it_becomes_synchronised) {
  clock.trust = {false, seconds(16)};
  run_with({SIGHUP, SIGTERM});
  before_load = [this] { clock.trust = {true, milliseconds(2)}; };
  run_with({SIGHUP, SIGTERM});
  CHECK_EQUAL(2U, clocks().size());
  CHECK_FALSE(clocks()[0].synchronised);
  CHECK_TRUE(clocks()[1].synchronised);
}

TEST(Supervisor, notes_the_clock_again_after_a_while) {
  run_with({SIGHUP, SIGTERM});
  before_load = [this] { clock.sleep_until(clock.now() + minutes(10)); };
  run_with({SIGHUP, SIGTERM});
  CHECK_EQUAL(2U, clocks().size());
}

TEST(Supervisor, notes_the_clock_later_when_storage_takes_no_more) {
  while (plant.gateway().note_clock({clock.now(), {}, {}, false})) continue;
  run_with({SIGHUP, SIGTERM});
  const std::size_t before = clocks().size();
  run_with({SIGHUP, SIGTERM});
  CHECK_EQUAL(before + 1, clocks().size());
}

TEST(Supervisor, tells_the_service_notify_of_start_reload_and_end) {
  hal::NotifyListener socket;
  options.notify = hal::NotifySocket(socket.name(), {});
  supervisor = std::make_unique<Supervisor>(options, clock);
  before_load = [] { kill(getpid(), SIGTERM); };
  std::vector<std::string> said;
  std::thread manager([&] {
    while (said.empty()) {
      said = socket.heard();
      std::this_thread::yield();
    }
    kill(getpid(), SIGHUP);
  });
  CHECK_TRUE(serve().ok());
  manager.join();
  for (std::string& message : socket.heard()) said.push_back(std::move(message));
  CHECK_EQUAL(4U, said.size());
  STRCMP_CONTAINS("READY=1\nSTATUS=1 channel", said[0].c_str());
  STRCMP_EQUAL("RELOADING=1", said[1].c_str());
  STRCMP_CONTAINS("READY=1\nSTATUS=1 channel", said[2].c_str());
  STRCMP_CONTAINS("STOPPING=1", said[3].c_str());
}

TEST(Supervisor, answers_with_the_status) {
  const Result<std::string> heard = hear(kStatusRequest);
  CHECK_TRUE(heard.ok());
  STRCMP_CONTAINS("\"gateway\":\"plant-7\"", heard->c_str());
}

TEST(Supervisor, takes_acknowledgements) {
  const Result<std::string> heard = hear(std::string(kAcknowledgeRequest) + " hot");
  CHECK_TRUE(heard.ok());
  STRCMP_EQUAL(kAcceptedAnswer, heard->c_str());
  CHECK_EQUAL(1U, plant.gateway().crossings().acknowledgements.size());
}

TEST(Supervisor, says_why_it_does_not_take_an_acknowledgement) {
  STRCMP_EQUAL("no alert is named \"cold\"",
               hear(std::string(kAcknowledgeRequest) + " cold")->c_str());
}

TEST(Supervisor, says_what_can_be_asked) {
  STRCMP_CONTAINS("unknown request", hear("reboot")->c_str());
}

TEST(Supervisor, does_not_run_behind_the_door_of_another_gateway) {
  const Result<LocalApi> other =
      LocalApi::listen(socket_path(folder.path()), [](std::string_view) { return ""; });
  CHECK_TRUE(other.ok());
  CHECK_TRUE(serve().error().code == ErrorCode::kRefused);
}

TEST(Supervisor, a_full_disk_and_a_closed_pipe_do_not_end_the_process) {
  raise(SIGPIPE);
  raise(SIGXFSZ);
  run_with({SIGTERM});
}
