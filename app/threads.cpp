#include "app/threads.hpp"

#include <malloc.h>
#include <pthread.h>

#include <string>
#include <type_traits>

#include "core/check.hpp"

namespace sluice::app {
namespace {

// SQLite and libmosquitto need the most; measured under 60 KB. Only touched pages are ever
// resident.
constexpr std::size_t kStackBytes = 256 * 1024;
// Alerts have to be durable within 50 ms, and the storage thread is not woken by the loop.
constexpr Duration kStorageStep = std::chrono::milliseconds(20);
// Live alerts wait this long at most; nothing wakes the uplink for them either.
constexpr Duration kUplinkStep = std::chrono::milliseconds(50);

// How long each may take to end; 5 s in all, for a service manager may not wait much longer. What
// storage has to write then is a second's worth of readings, unless the disk is stalled. The uplink
// waits half a second for the broker at its goodbye.
constexpr Duration kLoopEnds = std::chrono::milliseconds(500);
constexpr Duration kStorageEnds = std::chrono::seconds(3);
constexpr Duration kUplinkEnds = std::chrono::seconds(1);
constexpr Duration kWorkerEnds = std::chrono::milliseconds(500);

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
      {worker_, "worker", &Threads::run_worker, true},
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
  return Ok{};
}

void Threads::run_loop(const std::atomic<bool>& stop) {
  grant_.fifo = grant_.wanted_fifo && become_realtime(gateway_.config().realtime.priority);
  priority_asked_.release();
  run_realtime(gateway_.loop(), gateway_.crossings(), clock_, stop);
}

void Threads::run_worker(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    clock_.sleep_until(gateway_.polling().step(clock_.now()));
  }
}

void Threads::run_storage(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    gateway_.storage().step(clock_.now());
    clock_.sleep_until(clock_.now() + kStorageStep);
  }
  finished_ = gateway_.storage().finish(clock_.now());
}

void Threads::run_uplink(const std::atomic<bool>& stop) {
  while (!stop.load(std::memory_order_relaxed)) {
    gateway_.uplink()->step(clock_.now());
    gateway_.uplink()->wait(kUplinkStep);
  }
  gateway_.uplink()->close();
}

Result<> Threads::stop() {
  struct Wait {
    std::unique_ptr<Thread>& thread;
    const char* name;
    Duration limit;
  };
  // The uplink goes after storage: what storage seals in its goodbye may still find its way. The
  // worker, which may wait for a device, gets the most time.
  const Wait waits[] = {{loop_, "real-time", kLoopEnds},
                        {storage_, "storage", kStorageEnds},
                        {uplink_, "uplink", kUplinkEnds},
                        {worker_, "worker", kWorkerEnds}};
  if (worker_) worker_->ask_to_end();
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
  if (!hanging.empty()) {
    return Error{ErrorCode::kTimeout, "does not end: " + hanging +
                                          "; does a disk or a device not answer? What was not "
                                          "durable is lost, and the next start declares it"};
  }
  return finished_;
}

Threads::~Threads() {
  static_cast<void>(stop());
}

}  // namespace sluice::app
