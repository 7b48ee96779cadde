#include "tests/sim/planted_bugs.hpp"

#include <cstdint>
#include <optional>
#include <string>

#include "tests/sim/world.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::sim {
namespace {

// Each mistake is found, whatever the seed, and by the invariant that it breaks.
void trips(PlantedBug bug, Rule rule) {
  for (std::uint64_t seed = 1; seed <= 3; ++seed) {
    World world(draw_scenario(seed, Weather::kStorm, std::chrono::minutes(10)), bug);
    const std::optional<Violation> violation = world.run();
    CHECK_TRUE(violation.has_value());
    STRCMP_EQUAL(std::string(name_of(rule)).c_str(), std::string(name_of(violation->rule)).c_str());
  }
}

// The same for a mistake that needs an opportunity which not every seed has: one of the first few
// from `first_seed` on gives it, and then the right invariant is broken.
void trips_given_the_chance(PlantedBug bug, Rule rule, std::uint64_t first_seed = 1) {
  std::optional<Violation> violation;
  for (std::uint64_t seed = first_seed; seed < first_seed + 10 && !violation; ++seed) {
    World world(draw_scenario(seed, Weather::kStorm, std::chrono::minutes(10)), bug);
    violation = world.run();
  }
  CHECK_TRUE(violation.has_value());
  STRCMP_EQUAL(std::string(name_of(rule)).c_str(), std::string(name_of(violation->rule)).c_str());
}

}  // namespace

TEST_GROUP(PlantedBugs){};

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
  // The gateway has to die while it holds nothing.
  trips_given_the_chance(PlantedBug::kRunIdComesAgain, Rule::kE6);
}
TEST(PlantedBugs, a_collector_that_never_acknowledges_trips_e7) {
  trips(PlantedBug::kNeverAcknowledges, Rule::kE7);
}
TEST(PlantedBugs, a_tombstone_forgotten_too_early_is_no_step_of_the_model) {
  // The quota has to drop something that the collector has not heard of.
  trips_given_the_chance(PlantedBug::kForgetsTombstone, Rule::kModel, 10);
}
TEST(PlantedBugs, a_collector_that_never_answers_trips_e7) {
  // It has to be restored from a backup.
  trips_given_the_chance(PlantedBug::kNeverAnswers, Rule::kE7);
}
TEST(PlantedBugs, an_answer_that_holds_less_is_no_step_of_the_model) {
  trips_given_the_chance(PlantedBug::kAnswersLess, Rule::kModel);
}
TEST(PlantedBugs, a_run_that_is_closed_too_early_is_no_step_of_the_model) {
  trips(PlantedBug::kClosesEarly, Rule::kModel);
}
TEST(PlantedBugs, taking_out_of_a_lane_what_is_not_settled_is_no_step_of_the_model) {
  trips_given_the_chance(PlantedBug::kErasesUnsettled, Rule::kModel);
}
TEST(PlantedBugs, a_reading_that_vanishes_upsets_the_balance) {
  trips(PlantedBug::kReadingLost, Rule::kBalance);
}

}  // namespace sluice::sim
