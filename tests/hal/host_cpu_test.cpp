#include "hal/host_cpu.hpp"

#include "tests/temporary_folder.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(CpuUse) {
  TemporaryFolder procfs;
  CpuUse cpu;

  Result<double> measure(std::string_view stat) {
    procfs.write("stat", stat);
    return cpu.measure(procfs.path());
  }
};

TEST(CpuUse, begins_with_the_share_since_boot) {
  DOUBLES_EQUAL(25.0, measure("cpu  10 5 5 70 5 3 2 0 0 0\ncpu0 1 2 3 4\n").value(), 1e-12);
}

TEST(CpuUse, is_the_busy_share_since_the_last_measurement) {
  CHECK_TRUE(measure("cpu  100 0 0 900 0 0 0 0 0 0\n").ok());
  DOUBLES_EQUAL(75.0, measure("cpu  130 0 0 910 0 0 0 0 0 0\n").value(), 1e-12);
}

TEST(CpuUse, counts_stolen_time_as_busy_and_waiting_as_idle) {
  CHECK_TRUE(measure("cpu  0 0 0 0 0 0 0 0 0 0\n").ok());
  DOUBLES_EQUAL(20.0, measure("cpu  0 0 0 0 40 0 0 10 0 0\n").value(), 1e-12);
}

TEST(CpuUse, does_not_count_guests_twice) {
  DOUBLES_EQUAL(50.0, measure("cpu  50 0 0 50 0 0 0 0 50 0\n").value(), 1e-12);
}

TEST(CpuUse, stays_when_no_tick_has_passed) {
  CHECK_TRUE(measure("cpu  100 0 0 900 0 0 0 0 0 0\n").ok());
  DOUBLES_EQUAL(10.0, measure("cpu  100 0 0 900 0 0 0 0 0 0\n").value(), 1e-12);
}

TEST(CpuUse, stays_a_percentage_when_a_count_steps_back) {
  CHECK_TRUE(measure("cpu  100 0 0 800 100 0 0 0 0 0\n").ok());
  DOUBLES_EQUAL(100.0, measure("cpu  150 0 0 800 90 0 0 0 0 0\n").value(), 1e-12);
}

TEST(CpuUse, needs_only_the_first_line_of_a_large_file) {
  const std::string interrupts(1'000'000, '0');
  DOUBLES_EQUAL(50.0, measure("cpu  5 0 0 5 0 0 0 0\nintr " + interrupts).value(), 1e-12);
}

TEST(CpuUse, is_corrupt_where_the_line_is_not_as_expected) {
  for (const char* text : {"", "cpu\n", "cpu0 1 2 3 4 5 6 7 8\n", "cpu 1 2 3 4 5 6 7\n",
                           "cpu 1 2 3 -4 5 6 7 8\n", "cpu 1 2 3 4,5 6 7 8 9\n"}) {
    const Result<double> use = measure(text);
    CHECK_FALSE_TEXT(use.ok(), text);
    CHECK_TRUE(use.error().code == ErrorCode::kCorrupt);
  }
}

TEST(CpuUse, is_not_found_without_the_file) {
  CHECK_TRUE(cpu.measure(procfs.path()).error().code == ErrorCode::kNotFound);
}
