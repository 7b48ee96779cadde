#include "hal/device_drivers.hpp"

#include <set>
#include <string>

#include "config/keys.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::hal;

TEST_GROUP(DeviceDrivers){};

TEST(DeviceDrivers, are_whole) {
  for (const DeviceDriver* driver : device_drivers()) {
    const std::string name(driver->name);
    CHECK_TRUE_TEXT(driver->bus != nullptr && driver->limit != nullptr && driver->open != nullptr,
                    name.c_str());
  }
}

TEST(DeviceDrivers, have_names_of_their_own) {
  std::set<std::string_view> names{"host", "simulated", "replay"};
  for (const DeviceDriver* driver : device_drivers()) CHECK_TRUE(names.insert(driver->name).second);
}

TEST(DeviceDrivers, have_keys_that_no_channel_has) {
  for (const DeviceDriver* driver : device_drivers()) {
    std::set<std::string_view> names;
    for (const Key& key : config::keys_of(config::Section::kChannel)) names.insert(key.name);
    for (const Key& key : driver->keys) {
      CHECK_TRUE_TEXT(names.insert(key.name).second, std::string(key.name).c_str());
    }
  }
}

TEST(DeviceDrivers, are_found_by_name) {
  for (const DeviceDriver* driver : device_drivers()) {
    POINTERS_EQUAL(driver, find_device_driver(driver->name));
  }
  POINTERS_EQUAL(nullptr, find_device_driver("host"));
}
