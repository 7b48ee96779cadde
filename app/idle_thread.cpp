#include "app/idle_thread.hpp"

#include <pthread.h>
#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace sluice::app {
namespace {

constexpr int kNicest = 19;
// As in linux/ioprio.h, which not every C library's kernel headers have: the class, the caller.
constexpr int kIoClassIdle = 3 << 13;
constexpr int kIoWhoThread = 1;

}  // namespace

void become_idle() {
  const sched_param none{};
  static_cast<void>(pthread_setschedparam(pthread_self(), SCHED_BATCH, &none));
  // Both are of the calling thread, whatever POSIX says of the first. A filter of system calls may
  // refuse the second: then the disk is shared as with others.
  static_cast<void>(setpriority(PRIO_PROCESS, 0, kNicest));
  static_cast<void>(syscall(SYS_ioprio_set, kIoWhoThread, 0, kIoClassIdle));
}

}  // namespace sluice::app
