#include "tests/sim/planted_bugs.hpp"

#include <string>

#include "tests/sim/report.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::sim;
using namespace std::chrono_literals;

// Each mistake is found, and by the invariant that it breaks.
// clang-format off
TEST_GROUP(PlantedBugs) {
    // clang-format on
    static void trips(PlantedBug bug, Rule rule){for (std::uint64_t seed = 1; seed <= 3; ++seed){
        const std::optional<Violation> violation =
            run_and_report(draw_scenario(seed, Weather::kStorm, 10min), bug);
CHECK_TRUE(violation.has_value());
STRCMP_EQUAL(std::string(name_of(rule)).c_str(), std::string(name_of(violation->rule)).c_str());
}
}
}
;

TEST(PlantedBugs, a_double_at_the_collector_trips_e1) {
  trips(PlantedBug::kNoDedup, Rule::kE1);
}
TEST(PlantedBugs, a_drop_without_a_gap_trips_e2) {
  trips(PlantedBug::kDropWithoutGap, Rule::kE2);
}
TEST(PlantedBugs, a_forgetful_interval_set_trips_e3) {
  trips(PlantedBug::kForgetfulSet, Rule::kE3);
}
TEST(PlantedBugs, an_acknowledgement_before_the_commit_trips_e4) {
  trips(PlantedBug::kAckBeforeCommit, Rule::kE4);
}
TEST(PlantedBugs, deleting_on_publish_trips_e5) {
  trips(PlantedBug::kDeleteOnPublish, Rule::kE5);
}
TEST(PlantedBugs, a_run_id_that_comes_again_trips_e6) {
  trips(PlantedBug::kRunIdComesAgain, Rule::kE6);
}
TEST(PlantedBugs, a_collector_that_never_acknowledges_trips_e7) {
  trips(PlantedBug::kNeverAcknowledges, Rule::kE7);
}
TEST(PlantedBugs, a_reading_that_vanishes_upsets_the_balance) {
  trips(PlantedBug::kReadingLost, Rule::kBalance);
}
