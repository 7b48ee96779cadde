#pragma once
// A thread that works when nobody else wants to.

namespace sluice::app {

// The calling thread from here on has the least weight of all ordinary ones, on the processor and
// at the disk. Not SCHED_IDLE: all threads share one heap, and one that holds its lock and gets no
// processor for a second would hold up the storage thread. Never fails: any thread may be nicer.
void become_idle();

}  // namespace sluice::app
