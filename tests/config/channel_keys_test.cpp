#include <cstddef>
#include <string>
#include <vector>

#include "config/keys.hpp"
#include "hal/device_drivers.hpp"
#include "tests/config/key_checks.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(ChannelKeys){
    // Of channels, their drivers and what is inside these.
    static std::vector<Section> sections(){std::vector<Section> sections{
        Section::kChannel, Section::kHost, Section::kSimulated, Section::kReplay, Section::kFault};
for (std::size_t i = 0; i < hal::device_drivers().size(); ++i) {
  sections.push_back(section_of_device(i));
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

TEST(ChannelKeys, are_read) {
  expect_nothing(unread_keys);
}
TEST(ChannelKeys, have_the_default_that_is_documented) {
  expect_nothing(wrong_defaults);
}
TEST(ChannelKeys, are_missed_when_they_are_required) {
  expect_nothing(wrong_requirements);
}
TEST(ChannelKeys, take_what_lies_within_their_bounds_only) {
  expect_nothing(wrong_bounds);
}
TEST(ChannelKeys, take_every_choice_and_no_other) {
  expect_nothing(wrong_choices);
}

}  // namespace sluice::config
