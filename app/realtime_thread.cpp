#include "app/realtime_thread.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>

namespace sluice::app {
namespace {

constexpr Duration kLongestSleep = std::chrono::milliseconds(100);
constexpr Duration kPublishEvery = std::chrono::seconds(1);
// The loop's deepest call with its alert buffer takes under 4 KB; measured with -fstack-usage.
constexpr std::size_t kStackPrefault = 32 * 1024;

}  // namespace

bool lock_memory() {
  return mlockall(MCL_CURRENT | MCL_FUTURE | MCL_ONFAULT) == 0;
}

bool become_realtime(int priority) {
  const sched_param parameters{.sched_priority = priority};
  return pthread_setschedparam(pthread_self(), SCHED_FIFO, &parameters) == 0;
}

void prefault_stack() {
  std::array<volatile unsigned char, kStackPrefault> stack;
  for (std::size_t i = 0; i < stack.size(); i += 1024) stack[i] = 0;
}

void run_realtime(RealtimeLoop& loop, Crossings& crossings, hal::Clock& clock,
                  const std::atomic<bool>& stop) {
  prefault_stack();
  loop.start(clock.now());
  LoopTiming timing;
  Instant deadline = clock.now();
  Instant publish_at = deadline;
  while (!stop.load(std::memory_order_relaxed)) {
    Instant now = clock.now();
    const Instant wake = std::min(deadline, now + kLongestSleep);
    if (wake > now) {
      clock.sleep_until(wake);
      now = clock.now();
    }
    const bool due = now >= deadline;
    if (due) timing.lateness.add(now - deadline);
    const RealtimeLoop::Step step = loop.step(now);
    const Instant done = clock.now();
    if (due) timing.body.add(done - now);
    if (step.alerts > 0) timing.sample_to_alert.add(done - std::min(deadline, now));
    deadline = step.next;
    crossings.heartbeats.loop.beat();
    if (done >= publish_at) {
      publish_at = done + kPublishEvery;
      crossings.timing.publish(timing);
    }
  }
}

}  // namespace sluice::app
