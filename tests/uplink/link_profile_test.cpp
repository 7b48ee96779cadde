#include "uplink/link_profile.hpp"

#include <string>
#include <utility>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

TEST_GROUP(LinkProfile) {
  static LinkProfile named(const char* name, std::vector<std::string> interfaces) {
    LinkProfile profile = unlimited_profile();
    profile.name = name;
    profile.interfaces = std::move(interfaces);
    return profile;
  }
  const std::vector<LinkProfile> profiles{named("cable", {"eth0", "end0"}),
                                          named("lte", {"wwan*", "ppp*"}), named("rest", {"*"})};
};

TEST(LinkProfile, the_interface_chooses) {
  STRCMP_EQUAL("cable", profile_for(profiles, "end0").name.c_str());
  STRCMP_EQUAL("lte", profile_for(profiles, "wwan0").name.c_str());
}

TEST(LinkProfile, the_first_that_fits_counts) {
  STRCMP_EQUAL("rest", profile_for(profiles, "eth01").name.c_str());
  STRCMP_EQUAL("lte", profile_for(profiles, "ppp").name.c_str());
}

TEST(LinkProfile, without_one_that_fits_there_is_no_limit) {
  const LinkProfile profile = profile_for({}, "eth0");
  CHECK_TRUE(profile.bytes_per_second == 0);
  CHECK_TRUE(profile.lanes[index_of(Lane::kBacklog)]);
}

TEST(LinkProfile, without_a_schedule_it_is_always_open) {
  CHECK_TRUE(is_open({}, 0));
}

TEST(LinkProfile, is_open_from_the_first_minute_to_before_the_last) {
  const std::vector<DaySpan> schedule{{60, 120}, {600, 660}};
  CHECK_FALSE(is_open(schedule, 59));
  CHECK_TRUE(is_open(schedule, 60));
  CHECK_TRUE(is_open(schedule, 119));
  CHECK_FALSE(is_open(schedule, 120));
  CHECK_TRUE(is_open(schedule, 659));
}

TEST(LinkProfile, a_span_may_go_over_midnight) {
  const std::vector<DaySpan> schedule{{22 * 60, 6 * 60}};
  CHECK_TRUE(is_open(schedule, 23 * 60));
  CHECK_TRUE(is_open(schedule, 0));
  CHECK_FALSE(is_open(schedule, 6 * 60));
  CHECK_FALSE(is_open(schedule, 12 * 60));
}

TEST(LinkProfile, what_matters_more_may_use_more_of_the_budget) {
  CHECK_TRUE(budget_share(Lane::kAlert) > 1e9);
  CHECK_TRUE(budget_share(Lane::kEvent) > budget_share(Lane::kRollup));
  CHECK_TRUE(budget_share(Lane::kRollup) > budget_share(Lane::kRaw));
  CHECK_TRUE(budget_share(Lane::kRaw) > budget_share(Lane::kBacklog));
}

}  // namespace sluice::uplink
