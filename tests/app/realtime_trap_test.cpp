// The real-time thread does nothing that could make it wait. Runs the loop as the gateway does,
// through everything that can happen to it, and traps what it must not call.

#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <memory>
#include <semaphore>
#include <set>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "app/crossings.hpp"
#include "app/equipment.hpp"
#include "app/handover.hpp"
#include "app/numbering.hpp"
#include "app/plan_builder.hpp"
#include "app/realtime_loop.hpp"
#include "app/realtime_thread.hpp"
#include "core/anomaly.hpp"
#include "core/channel_pipeline.hpp"
#include "core/check.hpp"
#include "core/log.hpp"
#include "hal/system_clock.hpp"
#include "tests/app/sample_config.hpp"
#include "tests/app/trap.hpp"
#include "tests/app/virtual_clock.hpp"
#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::app;
using std::chrono::milliseconds;
using std::chrono::seconds;

namespace {

// So that the compiler does not leave out what has no effect.
void* volatile kept = nullptr;

void count_log_line(LogLevel, std::string_view) {
  trap::note(trap::Offence::kLog, "log");
}

config::ChannelOptions with_fault(config::ChannelOptions channel, hal::FaultKind kind) {
  hal::SimulatedFault fault;
  fault.kind = kind;
  fault.from = milliseconds(300);
  fault.length = milliseconds(700);
  fault.spike = 100.0;
  fault.every = seconds(2);
  std::get<hal::SimulatedOptions>(channel.sensor).faults.push_back(fault);
  return channel;
}

AlertRule rule(const std::string& name, const Condition& condition) {
  AlertRule rule;
  rule.name = name;
  rule.condition = condition;
  rule.hold = milliseconds(50);
  rule.cooldown = milliseconds(100);
  rule.escalate_after = milliseconds(200);
  rule.action = "fan";
  rule.fail_safe = FailSafe::kOn;
  rule.fail_safe_after = milliseconds(20);
  return rule;
}

// Every driver, shape, fault, filter and condition there is.
config::Config everything(const TemporaryFolder& folder) {
  config::Config config = sample_config("unused", {});
  config.actuators = {actuator_named("fan"), {.name = "lamp", .kind = hal::LogActuatorOptions{}}};
  config.actuators[1].min_on = milliseconds(35);
  config.actuators[1].min_off = milliseconds(45);
  int number = 0;
  for (const hal::FaultKind fault :
       {hal::FaultKind::kNotANumber, hal::FaultKind::kStuck, hal::FaultKind::kSpike,
        hal::FaultKind::kTimeout, hal::FaultKind::kAbsent}) {
    for (const hal::Shape shape : {hal::Shape::kConstant, hal::Shape::kSine, hal::Shape::kNoise,
                                   hal::Shape::kRandomWalk, hal::Shape::kSteps}) {
      const std::string name = std::to_string(number++);
      config::ChannelOptions channel = with_fault(channel_named(name, milliseconds(10)), fault);
      auto& sensor = std::get<hal::SimulatedOptions>(channel.sensor);
      sensor.shape = shape;
      sensor.period = seconds(1);
      sensor.ledger = folder.path_of(name);
      sensor.ledger_records = 1'000;
      channel.spec.range = {-1'000.0, 1'000.0};
      channel.spec.filters = {Median{5}, MovingMean{3}, Exponential{milliseconds(20)},
                              Clamp{-200.0, 200.0}, Deadband{0.001, seconds(1)}};
      channel.spec.alerts = {rule(name + "-above", Above{60.0, 50.0}),
                             rule(name + "-below", Below{19.5, 20.5}),
                             rule(name + "-rate", RateOfChange{50.0, 10.0, milliseconds(100)}),
                             rule(name + "-no-data", NoData{milliseconds(100)}),
                             rule(name + "-flat", FlatLine{0.0, milliseconds(300)}),
                             rule(name + "-anomaly", Anomaly{})};
      channel.spec.alerts[0].action = "lamp";
      config.channels.push_back(channel);
    }
  }
  config::ChannelOptions recording = channel_named("recording", milliseconds(20));
  recording.sensor = hal::ReplayOptions{
      .file = folder.write("recording.csv", "time,value\n0,1\n1,2\n2,\n3,4\n"), .repeat = true};
  config.channels.push_back(recording);
  config::ChannelOptions host = channel_named("load", milliseconds(20));
  host.sensor = hal::HostOptions{};
  config.channels.push_back(host);
  config::ChannelOptions derived = channel_named("derived", milliseconds(10));
  derived.sensor = hal::DerivedOptions{
      .expression = "[0] > 20 ? avg([0], [1], recording) / ([2] - [3]) : sqrt([4]) ^ 2"};
  derived.spec.alerts = {rule("derived-above", Above{20.0, 20.0})};
  config.channels.push_back(derived);
  config::ChannelOptions again = channel_named("again", milliseconds(10));
  again.sensor = hal::DerivedOptions{.expression = "derived * 2"};
  config.channels.push_back(again);
  return config;
}

// The loop on a thread of its own, armed from its first instruction on, and the rest of the gateway
// as far as the loop can see it.
class TrappedLoop {
 public:
  TrappedLoop(const config::Config& config, hal::Clock& clock)
      : config_(config), clock_(clock), crossings_(2'000) {
    CHECK(equipment_.open(config_).ok());
    loop_ = std::make_unique<RealtimeLoop>(build(config_), crossings_, plans_, clock.now());
    poller_ = make_poller();
    thread_ = std::thread([this] {
      const trap::Armed armed;
      run_realtime(*loop_, crossings_, clock_, stop_);
    });
  }
  TrappedLoop(const TrappedLoop&) = delete;
  TrappedLoop& operator=(const TrappedLoop&) = delete;
  ~TrappedLoop() { stop(); }

  void stop() {
    stop_ = true;
    if (thread_.joinable()) thread_.join();
    drain();
  }
  // What storage, uplink and worker do meanwhile.
  void run_for(std::uint64_t ticks) {
    const std::uint64_t end = crossings_.loop.read().ticks + ticks;
    while (crossings_.loop.read().ticks < end) {
      drain();
      static_cast<void>(poller_->step(clock_.now()));
      std::this_thread::yield();
    }
  }
  // The rings fill up meanwhile.
  void rest_for(std::uint64_t ticks) {
    const std::uint64_t end = crossings_.loop.read().ticks + ticks;
    while (crossings_.loop.read().ticks < end) std::this_thread::yield();
  }
  void reload(config::Config config) {
    config_ = std::move(config);
    CHECK(equipment_.open(config_).ok());
    plans_.offer(build(config_));
    while (plans_.collect() == nullptr) std::this_thread::yield();
    poller_ = make_poller();
    equipment_.keep_only(config_, {});
  }
  void acknowledge_everything() {
    for (const config::ChannelOptions& channel : config_.channels) {
      for (const AlertRule& alert : channel.spec.alerts) {
        const AlertId id = numbering_.find_alert(alert.name).value();
        while (!crossings_.acknowledgements.try_push(id)) std::this_thread::yield();
      }
    }
  }

  LoopStatus status() const { return crossings_.loop.read(); }
  bool saw(AlertChange change) const { return changes_.contains(change); }
  bool saw(Quality quality) const { return qualities_.contains(quality); }

 private:
  std::unique_ptr<Plan> build(const config::Config& config) {
    Result<BuiltPlan> built = build_plan(config, equipment_, numbering_, clock_.now());
    CHECK(built.ok());
    return std::move(built->plan);
  }
  // One that does all buses' work.
  std::unique_ptr<hal::Poller> make_poller() const {
    hal::Work all;
    for (const auto& [bus, work] : equipment_.work(config_)) {
      all.probes.insert(all.probes.end(), work.probes.begin(), work.probes.end());
      all.actuators.insert(all.actuators.end(), work.actuators.begin(), work.actuators.end());
    }
    return std::make_unique<hal::Poller>(std::move(all));
  }
  void drain() {
    while (const std::optional<Reading> reading = crossings_.readings.try_pop()) {
      qualities_.insert(reading->quality);
    }
    while (const std::optional<AlertEvent> event = crossings_.alerts.try_pop()) {
      changes_.insert(event->change);
    }
    while (crossings_.live_alerts.try_pop()) continue;
  }

  config::Config config_;
  hal::Clock& clock_;
  Crossings crossings_;
  Equipment equipment_;
  Numbering numbering_;
  Handover<Plan> plans_;
  std::unique_ptr<RealtimeLoop> loop_;
  std::unique_ptr<hal::Poller> poller_;
  std::set<AlertChange> changes_;
  std::set<Quality> qualities_;
  std::atomic<bool> stop_{false};
  std::thread thread_;
};

}  // namespace

TEST_GROUP(RealtimeTrap){void setup() override{set_log_sink(count_log_line);
trap::reset();
}
void teardown() override {
  set_log_sink(nullptr);
}

void expect(std::uint64_t times, trap::Offence offence, const std::function<void()>& act) {
  {
    const trap::Armed armed;
    act();
  }
  UNSIGNED_LONGLONGS_EQUAL(times, trap::count(offence));
}
void expect_innocence() {
  STRCMP_EQUAL("", trap::report().c_str());
}
}
;

// The trap itself: each kind of offence, planted.

TEST(RealtimeTrap, counts_memory_taken_and_given_back) {
  expect(2, trap::Offence::kMemory, [] {
    kept = std::malloc(100);
    std::free(kept);
  });
  STRCMP_EQUAL("malloc 1\nfree 1\n", trap::report().c_str());
}

TEST(RealtimeTrap, counts_every_way_to_take_memory) {
  expect(7, trap::Offence::kMemory, [] {
    kept = std::calloc(10, 10);
    kept = std::realloc(kept, 200);
    std::free(kept);
    kept = std::aligned_alloc(64, 128);
    std::free(kept);
    void* memory = nullptr;
    if (posix_memalign(&memory, 64, 128) == 0) kept = memory;
    std::free(kept);
    kept = nullptr;
    std::free(kept);
  });
  STRCMP_CONTAINS("posix_memalign 1\n", trap::report().c_str());
}

TEST(RealtimeTrap, counts_what_the_language_allocates) {
  expect(2, trap::Offence::kMemory, [] {
    const auto number = std::make_unique<int>(1);
    kept = number.get();
  });
}

TEST(RealtimeTrap, counts_a_string_that_grows) {
  std::string text = "short";
  expect(1, trap::Offence::kMemory, [&] { text.reserve(1'000); });
}

TEST(RealtimeTrap, counts_locks) {
  // The offence itself.
  pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
  expect(1, trap::Offence::kLock, [&] {
    pthread_mutex_lock(&mutex);
    pthread_mutex_unlock(&mutex);
  });
}

TEST(RealtimeTrap, counts_semaphores) {
  sem_t semaphore;
  sem_init(&semaphore, 0, 0);
  expect(2, trap::Offence::kLock, [&] {
    sem_post(&semaphore);
    sem_wait(&semaphore);
  });
}

TEST(RealtimeTrap, counts_what_wakes_and_awaits_another_thread) {
  std::binary_semaphore go{0};
  std::binary_semaphore done{0};
  std::thread waiting([&] {
    const trap::Armed armed;
    go.acquire();
    done.release();
  });
  while (trap::count(trap::Offence::kLock) == 0) std::this_thread::yield();
  go.release();
  done.acquire();
  waiting.join();
  CHECK_TRUE(trap::count(trap::Offence::kLock) >= 1);
  STRCMP_CONTAINS("syscall", trap::report().c_str());
}

TEST(RealtimeTrap, counts_files) {
  expect(4, trap::Offence::kFile, [] {
    const int file = open("/dev/null", O_RDWR);
    char byte = 0;
    if (write(file, &byte, 1) != 1 || read(file, &byte, 1) != 0) std::abort();
    close(file);
  });
}

TEST(RealtimeTrap, counts_streams) {
  std::FILE* stream = nullptr;
  expect(2, trap::Offence::kFile, [&] {
    stream = std::fopen("/dev/null", "w");
    std::fputs("text", stream);
  });
  std::fclose(stream);
}

TEST(RealtimeTrap, counts_log_lines) {
  expect(1, trap::Offence::kLog, [] { log(LogLevel::kInfo, "not here"); });
}

TEST(RealtimeTrap, counts_nothing_of_a_thread_that_is_not_armed) {
  kept = std::malloc(100);
  std::free(kept);
  log(LogLevel::kInfo, "here");
  expect_innocence();
}

TEST(RealtimeTrap, counts_nothing_of_other_threads) {
  std::binary_semaphore go{0};
  std::thread other([&] {
    go.acquire();
    kept = std::malloc(100);
    std::free(kept);
  });
  {
    const trap::Armed armed;
    static_cast<void>(trap::count(trap::Offence::kMemory));
  }
  go.release();
  other.join();
  expect_innocence();
}

// The loop.

TEST(RealtimeTrap, the_loop_calls_nothing_that_could_make_it_wait) {
  const TemporaryFolder folder;
  const config::Config config = everything(folder);
  VirtualClock clock;
  TrappedLoop loop(config, clock);
  loop.run_for(1'000);
  loop.acknowledge_everything();
  loop.run_for(500);

  // Away with some channels and rules, while their alerts are raised; then back with them.
  config::Config reduced = config;
  reduced.channels.resize(10);
  for (config::ChannelOptions& channel : reduced.channels) channel.spec.alerts.resize(1);
  reduced.actuators.resize(1);
  for (config::ChannelOptions& channel : reduced.channels) channel.spec.alerts[0].action = "fan";
  loop.reload(reduced);
  loop.run_for(500);
  loop.reload(config);
  loop.rest_for(2'000);
  loop.run_for(500);
  loop.stop();
  expect_innocence();

  // It has been through what it was meant to go through.
  CHECK_TRUE(loop.status().lost_readings.count > 0);
  for (const AlertChange change : {AlertChange::kRaised, AlertChange::kEscalated,
                                   AlertChange::kAcknowledged, AlertChange::kCleared}) {
    CHECK_TRUE(loop.saw(change));
  }
  for (const Quality quality : {Quality::kGood, Quality::kFault, Quality::kMissing}) {
    CHECK_TRUE(loop.saw(quality));
  }
}

// A beat of the anomaly rule is minutes long: more of them than the loop above lives through.
TEST(RealtimeTrap, finds_nothing_in_weeks_of_the_anomaly_rule) {
  ChannelSpec spec{.name = "odd", .unit = "Cel"};
  spec.alerts = {rule("odd", Anomaly{})};
  const AlertId id{1};
  ChannelPipeline pipeline(ChannelId{1}, spec, {&id, 1});
  std::array<AlertEvent, kAlertsPerChannelMax> events;
  std::size_t steps = 0;
  {
    const trap::Armed armed;
    for (int beat = 0; beat < 20'000; ++beat) {
      const Instant tick = instant_from_ns(0) + beat * AnomalyDetector::kBeat;
      const double value = beat % 5'000 == 4'999 ? 100.0 : 0.25 * (beat * 7 % 13);
      steps += pipeline.process(tick, {value, Quality::kGood}, events).alert_count;
    }
  }
  CHECK_TRUE(steps > 0);
  expect_innocence();
}

TEST(RealtimeTrap, neither_does_the_machines_own_clock) {
  const TemporaryFolder folder;
  hal::SystemClock clock;
  TrappedLoop loop(everything(folder), clock);
  loop.run_for(50);
  loop.stop();
  expect_innocence();
}
