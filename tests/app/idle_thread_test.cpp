#include "app/idle_thread.hpp"

#include <sched.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <thread>

#include <CppUTest/TestHarness.h>

using namespace sluice::app;

TEST_GROUP(IdleThread){};

TEST(IdleThread, is_the_nicest_and_the_others_stay_as_they_are) {
  int policy = -1;
  int niceness = 0;
  long io_class = 0;
  std::thread([&] {
    become_idle();
    policy = sched_getscheduler(0);
    niceness = getpriority(PRIO_PROCESS, 0);
    io_class = syscall(SYS_ioprio_get, 1, 0) >> 13;
  }).join();
  LONGS_EQUAL(SCHED_BATCH, policy);
  LONGS_EQUAL(19, niceness);
  LONGS_EQUAL(3, io_class);
  CHECK_TRUE(getpriority(PRIO_PROCESS, 0) < 19);
}
