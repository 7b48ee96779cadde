#include "app/threads.hpp"

#include <malloc.h>
#include <pthread.h>

#include <algorithm>
#include <string>
#include <type_traits>
#include <utility>

#include "app/idle_thread.hpp"
#include "core/check.hpp"
#include "core/log.hpp"

namespace sluice::app {
namespace {

// SQLite and libmosquitto need the most; measured under 60 KB. Only touched pages are ever
// resident.
constexpr std::size_t kStackBytes = 256 * 1024;
// Linux shows this many characters of a thread's name.
constexpr std::size_t kThreadNameMax = 15;
// Alerts have to be durable within 50 ms, and the storage thread is not woken by the loop.
constexpr Duration kStorageStep = std::chrono::milliseconds(20);
// Live alerts wait this long at most; nothing wakes the uplink for them either.
constexpr Duration kUplinkStep = std::chrono::milliseconds(50);
// The batch layer looks so often whether it is to end.
constexpr Duration kBatchNap = std::chrono::milliseconds(200);

// How long each may take to end; 5 s in all, for a service manager may not wait much longer. What
// storage has to write then is a second's worth of readings, unless the disk is stalled. The uplink
// waits half a second for the broker at its goodbye. Workers have their time all together.
constexpr Duration kLoopEnds = std::chrono::milliseconds(500);
constexpr Duration kStorageEnds = std::chrono::seconds(3);
constexpr Duration kUplinkEnds = std::chrono::seconds(1);
constexpr Duration kWorkersEnd = std::chrono::milliseconds(500);
constexpr Duration kWorkerSlice = std::chrono::milliseconds(10);

// How long a round of storage or uplink may take without being a fault: they wait for the disk, and
// a card that tidies itself up stalls for seconds, which no new start would make better.
constexpr Duration kDiskStalls = std::chrono::seconds(60);

static_assert(std::is_same_v<pthread_t, unsigned long>);

}  // namespace

Result<std::unique_ptr<Thread>> Thread::start(const char* name, Body body) {
  auto thread = std::make_unique<Thread>(std::move(body));
  pthread_attr_t attributes;
  CHECK(pthread_attr_init(&attributes) == 0);
  CHECK(pthread_attr_setstacksize(&attributes, kStackBytes) == 0);
  const int failure = pthread_create(&thread->handle_, &attributes, &Thread::enter, thread.get());
  pthread_attr_destroy(&attributes);
  if (failure != 0) {
    return Error{ErrorCode::kUnavailable,
                 "the system gives no thread; is a limit on processes or memory reached?"};
  }
  thread->running_ = true;
  pthread_setname_np(thread->handle_, name);
  return thread;
}

void* Thread::enter(void* self) {
  auto* const thread = static_cast<Thread*>(self);
  thread->body_(thread->stop_);
  thread->ended_.release();
  return nullptr;
}

bool Thread::wait_for_end(Duration limit) {
  CHECK(running_);
  if (!ended_.try_acquire_for(limit)) return false;
  CHECK(pthread_join(handle_, nullptr) == 0);
  running_ = false;
  return true;
}

Thread::~Thread() {
  CHECK(!running_);
}

Result<std::unique_ptr<Threads>> Threads::start(Gateway& gateway, hal::Clock& clock) {
  auto threads = std::make_unique<Threads>(gateway, clock);
  if (Result<> started = threads->start_all(); !started.ok()) return started.error();
  return threads;
}

Result<> Threads::start_all() {
  // One heap for all threads: the loop's does not allocate, and an arena for each of the others
  // would cost a megabyte of locked memory.
  mallopt(M_ARENA_MAX, 1);
  const config::RealtimeOptions& wanted = gateway_.config().realtime;
  grant_.wanted_fifo = wanted.priority > 0;
  grant_.wanted_lock = wanted.lock_memory;
  grant_.memory_locked = wanted.lock_memory && lock_memory();

  struct Launch {
    std::unique_ptr<Thread>& thread;
    const char* name;
    void (Threads::*body)(const std::atomic<bool>&);
    bool wanted;
  };
  const Launch launches[] = {
      {storage_, "storage", &Threads::run_storage, true},
      {uplink_, "uplink", &Threads::run_uplink, gateway_.uplink() != nullptr},
      {batch_, "batch", &Threads::run_batch, gateway_.batch() != nullptr},
      {loop_, "realtime", &Threads::run_loop, true},
  };
  for (const Launch& launch : launches) {
    if (!launch.wanted) continue;
    Result<std::unique_ptr<Thread>> thread = Thread::start(
        launch.name,
        [this, body = launch.body](const std::atomic<bool>& stop) { (this->*body)(stop); });
    if (!thread.ok()) return thread.error();
    launch.thread = std::move(*thread);
  }
  priority_asked_.acquire();
  return start_workers();
}

Result<> Threads::start_workers() {
  for (const std::unique_ptr<BusWorker>& worker : gateway_.workers()) {
    const bool runs = std::any_of(buses_.begin(), buses_.end(),
                                  [&](const Bus& bus) { return bus.worker == worker.get(); });
    if (runs) continue;
    Result<std::unique_ptr<Thread>> thread =
        Thread::start(("bus " + worker->bus()).substr(0, kThreadNameMax).c_str(),
                      [this, worker = worker.get()](const std::atomic<bool>& stop) {
                        run_worker(*worker, stop);
                      });
    if (!thread.ok()) return thread.error();
    buses_.push_back({worker.get(), std::move(*thread), false});
  }
  return Ok{};
}

void Threads::tend() {
  if (!storage_) return;  // not started, or stopped
  for (Bus& bus : buses_) {
    if (bus.worker->done()) {
      bus.thread->ask_to_end();
      bus.ending = true;
    }
    if (!bus.ending || !bus.thread->wait_for_end(Duration::zero())) continue;
    bus.thread.reset();
    if (bus.worker->done()) gateway_.forget(*bus.worker);
  }
  // One that was given work again while its thread ended gets a new one below.
  std::erase_if(buses_, [](const Bus& bus) { return bus.thread == nullptr; });
  const Result<> started = start_workers();
  if (!started.ok() && !std::exchange(short_of_threads_, true)) {
    log(LogLevel::kError, "a bus cannot be polled yet: " + started.error().message);
  }
  if (started.ok()) short_of_threads_ = false;
}

void Threads::run_loop(const std::atomic<bool>& stop) {
  grant_.fifo = grant_.wanted_fifo && become_realtime(gateway_.config().realtime.priority);
  priority_asked_.release();
  run_realtime(gateway_.loop(), gateway_.crossings(), clock_, stop);
}

void Threads::run_worker(BusWorker& worker, const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    worker.wait(worker.step(clock_.now()), clock_);
  }
  worker.finish();
}

void Threads::run_storage(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    gateway_.storage().step(clock_.now());
    gateway_.crossings().heartbeats.storage.beat();
    clock_.sleep_until(clock_.now() + kStorageStep);
  }
  finished_ = gateway_.storage().finish(clock_.now());
}

void Threads::run_uplink(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    gateway_.uplink()->step(clock_.now());
    gateway_.crossings().heartbeats.uplink.beat();
    gateway_.uplink()->wait(kUplinkStep);
  }
  gateway_.uplink()->close();
}

void Threads::run_batch(const std::atomic<bool>& stop) {
  become_idle();
  while (!stop.load(std::memory_order_relaxed)) {
    const Instant begun = clock_.now();
    const Instant next = begun + gateway_.batch()->step(begun);
    gateway_.batch()->note_slice(clock_.now() - begun);
    while (!stop.load(std::memory_order_relaxed) && clock_.now() < next) {
      clock_.sleep_until(std::min(next, clock_.now() + kBatchNap));
    }
  }
}

std::vector<Vital> Threads::vitals() const {
  const Heartbeats& heartbeats = gateway_.crossings().heartbeats;
  std::vector<Vital> vitals;
  if (loop_) vitals.push_back({"the real-time loop", &heartbeats.loop, {}});
  if (storage_) vitals.push_back({"storage", &heartbeats.storage, kDiskStalls});
  if (uplink_) vitals.push_back({"the uplink", &heartbeats.uplink, kDiskStalls});
  return vitals;
}

Result<> Threads::stop() {
  struct Wait {
    std::unique_ptr<Thread>& thread;
    const char* name;
    Duration limit;
  };
  // The uplink goes after storage: what storage seals in its goodbye may still find its way. The
  // workers, which may wait for a device, get the most time.
  const Wait waits[] = {{loop_, "real-time", kLoopEnds},
                        {storage_, "storage", kStorageEnds},
                        {uplink_, "uplink", kUplinkEnds}};
  for (const Bus& bus : buses_) bus.thread->ask_to_end();
  if (batch_) batch_->ask_to_end();
  std::string hanging;
  for (const Wait& wait : waits) {
    if (!wait.thread) continue;
    wait.thread->ask_to_end();
    if (wait.thread->wait_for_end(wait.limit)) {
      wait.thread.reset();
    } else {
      hanging += (hanging.empty() ? "" : ", ") + std::string(wait.name);
    }
  }
  end_workers();
  if (!hanging.empty()) {
    return Error{ErrorCode::kTimeout, "does not end: " + hanging +
                                          "; does a disk or a device not answer? What was not "
                                          "durable is lost, and the next start declares it"};
  }
  return finished_;
}

// In slices, so that those who hang share the time instead of adding it up.
void Threads::end_workers() {
  for (Duration waited{}; waited <= kWorkersEnd && (batch_ || !buses_.empty());
       waited += kWorkerSlice) {
    Duration limit = kWorkerSlice;
    if (batch_ && batch_->wait_for_end(buses_.empty() ? limit : Duration::zero())) batch_.reset();
    for (Bus& bus : buses_) {
      if (bus.thread->wait_for_end(std::exchange(limit, Duration::zero()))) bus.thread.reset();
    }
    std::erase_if(buses_, [](const Bus& bus) { return bus.thread == nullptr; });
  }
  if (batch_) log(LogLevel::kWarning, "the batch layer does not end yet. Nothing is lost");
  for (const Bus& bus : buses_) {
    log(LogLevel::kWarning, "the worker of bus " + bus.worker->bus() +
                                " does not end: a device on it does not answer. Nothing is lost");
  }
}

bool Threads::some_hang() const {
  return loop_ || storage_ || uplink_ || batch_ || !buses_.empty();
}

Threads::~Threads() {
  static_cast<void>(stop());
}

}  // namespace sluice::app
