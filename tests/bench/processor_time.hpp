#pragma once
// What is measured with where the machine is shared: others at work on it do not count.

#include <time.h>

#include "core/check.hpp"

namespace sluice::bench {

// Of the calling thread, the kernel's work for it included.
inline double processor_ns() {
  timespec time{};
  CHECK(clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time) == 0);
  return static_cast<double>(time.tv_sec) * 1e9 + static_cast<double>(time.tv_nsec);
}

}  // namespace sluice::bench
