#include "hal/log_actuator.hpp"

#include <string>

#include "tests/hal/process/log_capture.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(LogActuator) {
  LogCapture log;
  LogActuator actuator{"siren"};

  void set(bool on) {
    actuator.set(on, Instant{});
  }
  void check_says(std::size_t lines, const std::string& last) {
    actuator.work(Instant{});
    LONGS_EQUAL(lines, log.lines.size());
    STRCMP_EQUAL(last.c_str(), log.lines.back().c_str());
  }
};

TEST(LogActuator, says_nothing_before_it_is_set) {
  actuator.work(Instant{});
  LONGS_EQUAL(0, log.lines.size());
}

TEST(LogActuator, leaves_the_log_line_to_the_worker) {
  set(true);
  LONGS_EQUAL(0, log.lines.size());
}

TEST(LogActuator, says_each_change_once) {
  set(true);
  check_says(1, "actuator siren: on");
  check_says(1, "actuator siren: on");
  set(false);
  check_says(2, "actuator siren: off");
}

TEST(LogActuator, says_how_often_it_was_set_between_two_looks) {
  for (const bool on : {true, false, true}) set(on);
  check_says(1, "actuator siren: on, after 3 changes");
}

TEST(LogActuator, does_not_miss_a_short_pulse) {
  set(true);
  set(false);
  check_says(1, "actuator siren: off, after 2 changes");
}
