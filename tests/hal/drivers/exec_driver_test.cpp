#include "hal/drivers/exec_driver.hpp"

#include <chrono>
#include <string>

#include "tests/hal/drivers/configured.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

namespace {

Configured channel(const std::string& command, const std::string& timeout = "60s") {
  return Configured("driver = \"exec\"\ncommand = " + command + "\ntimeout = \"" + timeout +
                    "\"\n");
}

}  // namespace

TEST_GROUP(ExecDriver){};

TEST(ExecDriver, reads_the_first_number_that_a_program_prints) {
  DOUBLES_EQUAL(42.5, channel("[\"/bin/echo\", \"level: 42.5 cm\"]").measure().value(), 0.0);
}

TEST(ExecDriver, takes_no_program_that_prints_no_number) {
  CHECK_TRUE(channel("[\"/bin/echo\", \"none\"]").failure() == ErrorCode::kCorrupt);
}

TEST(ExecDriver, takes_no_program_that_fails) {
  CHECK_TRUE(channel("[\"/bin/sh\", \"-c\", \"echo 1; exit 1\"]").failure() ==
             ErrorCode::kUnavailable);
}

TEST(ExecDriver, does_not_wait_longer_than_its_timeout) {
  CHECK_TRUE(channel("[\"/bin/sleep\", \"1000\"]", "20ms").failure() == ErrorCode::kTimeout);
}

TEST(ExecDriver, is_absent_without_its_program) {
  CHECK_TRUE(channel("[\"/no/such/program\"]").failure() == ErrorCode::kNotFound);
}

TEST(ExecDriver, names_its_program_from_the_root) {
  STRCMP_CONTAINS("command: the program has to be named by its whole path",
                  Configured::problems_of("driver = \"exec\"\ncommand = [\"level\"]\n").c_str());
}

TEST(ExecDriver, has_a_bus_for_each_program_and_time_to_kill_it) {
  const Configured level = channel("[\"/bin/echo\", \"1\"]", "3s");
  STRCMP_EQUAL("exec:/bin/echo", level.open.bus.c_str());
  CHECK_TRUE(level.open.polled->options().limit == std::chrono::seconds(4));
}
