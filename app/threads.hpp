#pragma once
// The one file that starts threads. Each drives one part of the gateway until told to stop:
// real-time (FIFO), storage, uplink, batch layer (idle), and one for each bus. The main thread
// stays with the caller.

#include <atomic>
#include <functional>
#include <memory>
#include <semaphore>
#include <string>
#include <utility>
#include <vector>

#include "app/gateway.hpp"
#include "app/realtime_thread.hpp"
#include "app/watchdog.hpp"
#include "core/result.hpp"
#include "hal/clock.hpp"

namespace sluice::app {

// A thread with a small stack and a stop flag. It must have ended before it goes.
class Thread {
 public:
  using Body = std::function<void(const std::atomic<bool>& stop)>;

  // `name` is shown by ps and top, 15 characters at most. kUnavailable when the system gives none.
  static Result<std::unique_ptr<Thread>> start(const char* name, Body body);
  void ask_to_end() { stop_.store(true, std::memory_order_relaxed); }
  // False when it has not ended within `limit`: then it still runs, and uses what it was given.
  // REQUIRES: asked; not ended before.
  [[nodiscard]] bool wait_for_end(Duration limit);
  ~Thread();

  // For start() alone.
  explicit Thread(Body body) : body_(std::move(body)) {}

 private:
  static void* enter(void* self);

  Body body_;
  std::atomic<bool> stop_{false};
  std::binary_semaphore ended_{0};
  bool running_ = false;
  unsigned long handle_ = 0;  // pthread_t, which is this type on Linux
};

class Threads {
 public:
  // `gateway` and `clock` outlive the threads. Memory is locked and priority asked for as the
  // configuration wants.
  static Result<std::unique_ptr<Threads>> start(Gateway& gateway, hal::Clock& clock);
  // Starts a thread for each worker that a reload has added, and ends those that it has left
  // without anything to do. Main thread, some times a second.
  void tend();
  // Stops them in the order of the data: loop, storage (which seals and says goodbye), uplink; the
  // workers have until then. Returns storage's last word. kTimeout within 5 s when one of these
  // hangs, as on a disk that does not answer: it still runs, so nothing may be taken down any more,
  // and the process can only exit at once. A worker that hangs on its device has nothing to lose,
  // and makes no difference to what is returned.
  Result<> stop();
  // Whether a thread still runs after stop(): then the process can only exit at once, too.
  bool some_hang() const;
  ~Threads();

  // What the kernel granted; the loop's thread has asked by the time start() returns.
  RealtimeGrant grant() const { return grant_; }
  // What shows of each thread that runs whether it comes round; valid as long as the gateway is.
  // The workers are not among them: a bus that hangs costs its own channels, which say so, and to
  // start the gateway again for it would cost all others. Nor is the batch layer, which may well
  // not come round for minutes where others want the processor, and of which nobody loses a
  // reading.
  std::vector<Vital> vitals() const;

  // For start() alone.
  Threads(Gateway& gateway, hal::Clock& clock) : gateway_(gateway), clock_(clock) {}

 private:
  struct Bus {
    BusWorker* worker = nullptr;
    std::unique_ptr<Thread> thread;
    bool ending = false;
  };
  Result<> start_all();
  Result<> start_workers();
  void run_worker(BusWorker& worker, const std::atomic<bool>& stop);
  void end_workers();
  void run_loop(const std::atomic<bool>& stop);
  void run_storage(const std::atomic<bool>& stop);
  void run_uplink(const std::atomic<bool>& stop);
  void run_batch(const std::atomic<bool>& stop);

  Gateway& gateway_;
  hal::Clock& clock_;
  RealtimeGrant grant_;
  std::binary_semaphore priority_asked_{0};
  Result<> finished_ = Ok{};
  std::unique_ptr<Thread> loop_;
  std::unique_ptr<Thread> storage_;
  std::unique_ptr<Thread> uplink_;
  std::unique_ptr<Thread> batch_;
  std::vector<Bus> buses_;
  bool short_of_threads_ = false;
};

}  // namespace sluice::app
