#include <cstddef>
#include <string>
#include <vector>

#include "config/keys.hpp"
#include "hal/actuator_drivers.hpp"
#include "tests/config/key_checks.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(GatewayKeys){// Of drivers of actuators too.
                        static std::vector<Section> sections(){std::vector<Section> sections{
                            Section::kRoot, Section::kGateway, Section::kRealtime,
                            Section::kStorage, Section::kActuator};
for (std::size_t i = 0; i < hal::actuator_drivers().size(); ++i) {
  sections.push_back(section_of_actuator(i));
}
return sections;
}  // namespace sluice::config

void expect_nothing(std::string (*check)(Section)) const {
  std::string findings;
  for (const Section section : sections()) findings += check(section);
  STRCMP_EQUAL("", findings.c_str());
}
}
;

TEST(GatewayKeys, are_read) {
  expect_nothing(unread_keys);
}
TEST(GatewayKeys, have_the_default_that_is_documented) {
  expect_nothing(wrong_defaults);
}
TEST(GatewayKeys, are_missed_when_they_are_required) {
  expect_nothing(wrong_requirements);
}
TEST(GatewayKeys, take_what_lies_within_their_bounds_only) {
  expect_nothing(wrong_bounds);
}
TEST(GatewayKeys, take_every_choice_and_no_other) {
  expect_nothing(wrong_choices);
}

}  // namespace sluice::config
