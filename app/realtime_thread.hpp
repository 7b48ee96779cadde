#pragma once
// Drives the loop on its deadlines: sleeps until the next one, measures how late it woke, steps.
// Asks for SCHED_FIFO and locked memory and goes on without when they are refused.

#include <atomic>

#include "app/crossings.hpp"
#include "app/realtime_loop.hpp"
#include "config/config.hpp"
#include "core/time.hpp"
#include "hal/clock.hpp"

namespace sluice::app {

// What the kernel granted.
struct RealtimeGrant {
  bool fifo = false;
  bool memory_locked = false;
  bool wanted_fifo = false;
  bool wanted_lock = false;
  bool degraded() const { return (wanted_fifo && !fifo) || (wanted_lock && !memory_locked); }
};

// Locks the memory of the process as it is and will be; pages are locked as they are touched, so
// that untouched stacks cost nothing. Before threads start. False when refused.
bool lock_memory();
// The calling thread becomes SCHED_FIFO with `priority`. False when refused.
bool become_realtime(int priority);
// Touches the calling thread's stack as deep as the loop will ever go, so that no page of it is
// missing later.
void prefault_stack();

// Runs until `stop`, which is looked at after every step and at least every 100 ms.
void run_realtime(RealtimeLoop& loop, Crossings& crossings, hal::Clock& clock,
                  const std::atomic<bool>& stop);

}  // namespace sluice::app
