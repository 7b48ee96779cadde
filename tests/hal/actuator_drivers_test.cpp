#include "hal/actuator_drivers.hpp"

#include <algorithm>
#include <set>
#include <string>
#include <string_view>

#include "config/keys.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(ActuatorDrivers){};

TEST(ActuatorDrivers, are_whole) {
  for (const ActuatorDriver* driver : actuator_drivers()) {
    const std::string name(driver->name);
    CHECK_TRUE_TEXT(driver->bus != nullptr && driver->address != nullptr && driver->make != nullptr,
                    name.c_str());
  }
}

TEST(ActuatorDrivers, have_names_of_their_own) {
  std::set<std::string_view> names{"log", "simulated"};
  for (const ActuatorDriver* driver : actuator_drivers()) {
    CHECK_TRUE(names.insert(driver->name).second);
    POINTERS_EQUAL(driver, find_actuator_driver(driver->name));
  }
  POINTERS_EQUAL(nullptr, find_actuator_driver("log"));
}

TEST(ActuatorDrivers, have_a_safe_state_and_keys_that_no_actuator_has) {
  for (const ActuatorDriver* driver : actuator_drivers()) {
    std::set<std::string_view> names;
    for (const Key& key : config::keys_of(config::Section::kActuator)) names.insert(key.name);
    for (const Key& key : driver->keys) CHECK_TRUE(names.insert(key.name).second);
    CHECK_TRUE(names.contains("safe"));
  }
}
