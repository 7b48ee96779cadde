#include <string>

#include "tests/config/parsing.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::config {

TEST_GROUP(ParseProfile){static std::string profile(const std::string& lines){
    return before_channel("[[uplink.profile]]\nname = \"p\"\ninterfaces = [\"eth0\"]\n" + lines);
}
static uplink::LinkProfile profile_of(const std::string& lines) {
  return config_of(profile(lines)).uplink.delivery.profiles.at(0);
}
static void expect(const std::string& expected, const std::string& lines) {
  STRCMP_EQUAL(expected.c_str(), problems_in(profile(lines)).c_str());
}
}
;

TEST(ParseProfile, has_no_limits_by_itself) {
  uplink::LinkProfile expected;
  expected.name = "p";
  expected.interfaces = {"eth0"};
  expected.lanes.fill(true);
  CHECK(profile_of("") == expected);
  CHECK(config_of(before_channel("")).uplink.delivery.profiles.empty());
}

TEST(ParseProfile, takes_every_limit) {
  const uplink::LinkProfile profile =
      profile_of("rate = \"64kbit/s\"\nbudget_per_day = \"20MiB\"\nbudget_per_month = \"500MB\"");
  LONGS_EQUAL(8'000, profile.bytes_per_second);
  CHECK(profile.budget.per_day == 20U * 1'024 * 1'024);
  CHECK(profile.budget.per_month == 500'000'000U);
}

TEST(ParseProfile, takes_hours_of_the_day) {
  const uplink::LinkProfile profile = profile_of("hours = [\"22:00-06:30\", \"12:00-24:00\"]");
  CHECK(profile.schedule == (std::vector<uplink::DaySpan>{{1'320, 390}, {720, 1'440}}));
}

TEST(ParseProfile, refuses_hours_that_are_none) {
  for (const char* const hours : {"22-6", "22:00", "22:00-25:00", "22:60-23:00", "24:00-01:00",
                                  "06:00-06:00", "6:00-7:00", "22:00-24:01", "2a:00-23:00", ""}) {
    expect("t.toml:4:9: uplink.profile[1].hours: \"" + std::string(hours) +
               "\" is not of the form \"22:00-06:00\"",
           "hours = [\"" + std::string(hours) + "\"]");
  }
}

TEST(ParseProfile, alerts_may_use_every_link) {
  const uplink::LinkProfile profile = profile_of("lanes = [\"event\", \"rollup\"]");
  for (const Lane lane : kLanes) {
    const bool expected = lane == Lane::kAlert || lane == Lane::kEvent || lane == Lane::kRollup;
    CHECK(profile.lanes[index_of(lane)] == expected);
  }
}

TEST(ParseProfile, knows_the_lanes) {
  expect("t.toml:4:17: uplink.profile[1].lanes: unknown lanes \"events\"; did you mean \"event\"?",
         "lanes = [\"raw\", \"events\"]");
}

TEST(ParseProfile, wants_texts_in_a_list) {
  expect(
      "t.toml:4:9: uplink.profile[1].lanes: expected a list of texts, [\"...\", \"...\"], found "
      "the "
      "text \"raw\"",
      "lanes = \"raw\"");
  expect(
      "t.toml:4:15: uplink.profile[1].hours: expected a list of texts, [\"...\", \"...\"], found "
      "the "
      "integer 6",
      "hours = [     6]");
}

TEST(ParseProfile, names_are_unique) {
  expect(
      "t.toml:5:8: uplink.profile[2].name: \"p\" is taken by the profile in line 2; choose another",
      "[[uplink.profile]]\nname = \"p\"\ninterfaces = [\"b\"]");
}

TEST(ParseProfile, says_in_which_order_the_backlog_goes) {
  const auto backlog = [](const char* line) {
    return config_of(before_channel(std::string("[uplink]\n") + line)).uplink.delivery.backlog;
  };
  CHECK(backlog("") == uplink::BacklogOrder::kOldestFirst);
  CHECK(backlog("backlog = \"newest_first\"") == uplink::BacklogOrder::kNewestFirst);
}

}  // namespace sluice::config
