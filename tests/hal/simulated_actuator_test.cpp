#include "hal/simulated_actuator.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(SimulatedActuator) {
  SimulatedActuator actuator;
};

TEST(SimulatedActuator, is_off_at_first) {
  CHECK_FALSE(actuator.is_on());
  LONGS_EQUAL(0, actuator.changes().size());
}

TEST(SimulatedActuator, remembers_its_changes) {
  actuator.set(true, instant_from_ns(1));
  actuator.set(false, instant_from_ns(2));
  CHECK_FALSE(actuator.is_on());
  LONGS_EQUAL(2, actuator.changes().size());
  CHECK_TRUE((actuator.changes()[0] == SimulatedActuator::Change{instant_from_ns(1), true}));
  CHECK_TRUE((actuator.changes()[1] == SimulatedActuator::Change{instant_from_ns(2), false}));
}

TEST(SimulatedActuator, counts_changes_beyond_its_memory) {
  for (std::size_t i = 0; i < SimulatedActuator::kChangesMax + 3; ++i)
    actuator.set(true, Instant{});
  LONGS_EQUAL(SimulatedActuator::kChangesMax, actuator.changes().size());
  LONGS_EQUAL(3, actuator.dropped());
}
