#include "core/driver_state.hpp"

#include <string>

#include <CppUTest/TestHarness.h>

using namespace sluice;

TEST_GROUP(DriverState){};

TEST(DriverState, has_a_name_for_each) {
  STRCMP_EQUAL("up", std::string(name_of(DriverState::kUp)).c_str());
  STRCMP_EQUAL("degraded", std::string(name_of(DriverState::kDegraded)).c_str());
  STRCMP_EQUAL("down", std::string(name_of(DriverState::kDown)).c_str());
}
