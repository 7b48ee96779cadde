#include "uplink/link_policy.hpp"

#include <limits>
#include <string>
#include <vector>

#include <CppUTest/TestHarness.h>

namespace sluice::uplink {

using std::chrono::hours;
using std::chrono::seconds;

TEST_GROUP(LinkPolicy) {
  const WallTime noon = std::chrono::sys_days(std::chrono::year(2026) / 11 / 20) + hours(12);
  const TimeOfDay at_noon{noon, 12 * 60};
  Instant now = instant_from_ns(0) + seconds(100);

  static LinkProfile modem() {
    LinkProfile profile = unlimited_profile();
    profile.name = "modem";
    profile.interfaces = {"ppp*"};
    profile.budget = {1000, 0};
    return profile;
  }
  LinkPolicy on_modem(const LinkProfile& profile, const std::vector<ProfileSpent>& spent = {}) {
    LinkPolicy policy({profile}, spent);
    policy.link_up("ppp0");
    policy.count(0, at_noon, now);
    return policy;
  }
};

TEST(LinkPolicy, without_profiles_everything_is_allowed) {
  LinkPolicy policy({}, {});
  policy.link_up("eth0");
  policy.count(1'000'000'000, at_noon, now);
  for (const Lane lane : kLanes) CHECK_TRUE(policy.allows(lane, now));
  CHECK_TRUE(policy.batch_bytes_max() == std::numeric_limits<std::size_t>::max());
  CHECK_TRUE(!policy.standing().budget_left);
}

TEST(LinkPolicy, the_interface_chooses_the_profile) {
  LinkPolicy policy({modem()}, {});
  policy.link_up("eth0");
  STRCMP_EQUAL("unlimited", policy.profile().name.c_str());
  policy.link_up("ppp0");
  STRCMP_EQUAL("modem", policy.profile().name.c_str());
}

TEST(LinkPolicy, only_its_lanes_and_alerts_may_use_a_link) {
  LinkProfile profile = modem();
  profile.lanes = {};
  profile.lanes[index_of(Lane::kRollup)] = true;
  const LinkPolicy policy = on_modem(profile);
  CHECK_TRUE(policy.allows(Lane::kAlert, now));
  CHECK_TRUE(policy.allows(Lane::kRollup, now));
  CHECK_FALSE(policy.allows(Lane::kRaw, now));
}

TEST(LinkPolicy, outside_its_hours_only_alerts_go) {
  LinkProfile profile = modem();
  profile.schedule = {{0, 6 * 60}};
  LinkPolicy policy = on_modem(profile);
  CHECK_TRUE(policy.allows(Lane::kAlert, now));
  CHECK_FALSE(policy.allows(Lane::kEvent, now));
  CHECK_FALSE(policy.standing().in_hours);
  policy.count(0, {noon, 60}, now);
  CHECK_TRUE(policy.allows(Lane::kEvent, now));
}

TEST(LinkPolicy, without_a_clock_the_hours_are_open) {
  LinkProfile profile = modem();
  profile.schedule = {{0, 6 * 60}};
  LinkPolicy policy = on_modem(profile);
  policy.count(0, {}, now);
  CHECK_TRUE(policy.allows(Lane::kEvent, now));
}

TEST(LinkPolicy, waits_until_what_was_sent_is_within_the_rate) {
  LinkProfile profile = modem();
  profile.bytes_per_second = 100;
  LinkPolicy policy = on_modem(profile);
  CHECK_TRUE(policy.allows(Lane::kRaw, now));
  policy.count(500, at_noon, now);
  CHECK_FALSE(policy.allows(Lane::kRaw, now));
  CHECK_TRUE(policy.allows(Lane::kAlert, now));
  CHECK_TRUE(policy.allows(Lane::kRaw, now + seconds(5)));
}

// Storage goes by it: what a rate puts off by seconds is not kept back.
TEST(LinkPolicy, says_whether_it_takes_readings_whatever_the_rate) {
  LinkProfile profile = modem();
  profile.bytes_per_second = 100;
  profile.schedule = {{0, 13 * 60}};
  LinkPolicy policy = on_modem(profile);
  policy.count(500, at_noon, now);
  CHECK_FALSE(policy.allows(Lane::kRaw, now));
  CHECK_TRUE(policy.standing().takes_raw);
  policy.count(0, {noon, 14 * 60}, now);
  CHECK_FALSE(policy.standing().takes_raw);
  policy.count(400, at_noon, now);
  CHECK_FALSE(policy.standing().takes_raw);
  profile.lanes[index_of(Lane::kRaw)] = false;
  CHECK_FALSE(on_modem(profile).standing().takes_raw);
}

TEST(LinkPolicy, batches_fit_into_seconds_of_the_rate) {
  LinkProfile profile = modem();
  profile.bytes_per_second = 1000;
  CHECK_TRUE(on_modem(profile).batch_bytes_max() == 4000);
  profile.bytes_per_second = 1;
  CHECK_TRUE(on_modem(profile).batch_bytes_max() == 512);
}

TEST(LinkPolicy, lanes_stop_one_after_the_other_as_the_budget_goes) {
  LinkPolicy policy = on_modem(modem());
  policy.count(720, at_noon, now);
  CHECK_FALSE(policy.allows(Lane::kBacklog, now));
  CHECK_TRUE(policy.allows(Lane::kRaw, now));
  policy.count(200, at_noon, now);
  CHECK_FALSE(policy.allows(Lane::kRaw, now));
  CHECK_TRUE(policy.allows(Lane::kEvent, now));
  policy.count(200, at_noon, now);
  CHECK_FALSE(policy.allows(Lane::kEvent, now));
  CHECK_TRUE(policy.allows(Lane::kAlert, now));
  CHECK_TRUE(policy.standing().budget_left == 0U);
}

TEST(LinkPolicy, the_budget_outlives_a_restart) {
  LinkPolicy policy = on_modem(modem());
  policy.count(900, at_noon, now);
  const LinkPolicy again = on_modem(modem(), policy.spent());
  CHECK_TRUE(again.standing().budget_left == 100U);
}

TEST(LinkPolicy, each_profile_has_its_own_budget) {
  LinkProfile cable = modem();
  cable.name = "cable";
  cable.interfaces = {"eth0"};
  LinkPolicy policy({modem(), cable}, {});
  policy.link_up("ppp0");
  policy.count(900, at_noon, now);
  policy.link_up("eth0");
  policy.count(100, at_noon, now);
  CHECK_TRUE(policy.standing().budget_left == 900U);
  LONGS_EQUAL(2, policy.spent().size());
}

TEST(LinkPolicy, tells_how_long_the_budget_lasts) {
  LinkPolicy policy = on_modem(modem());
  policy.count(800, at_noon, now);
  CHECK_TRUE(policy.standing().budget_runs_out == noon + hours(3));
  policy.count(0, {}, now);
  CHECK_TRUE(!policy.standing().budget_runs_out);
}

}  // namespace sluice::uplink
