#include "tests/sim/world.hpp"

#include <chrono>
#include <cstdint>

#include "tests/sim/report.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::sim {
namespace {

using std::chrono::minutes;

// Prints the seed, what happened, and how to let it happen again.
Tally survive_storm(std::uint64_t seed) {
  const Outcome outcome = run_and_report(draw_scenario(seed, Weather::kStorm, minutes(15)));
  if (outcome.violation) FAIL(outcome.violation->what.c_str());
  return outcome.tally;
}

}  // namespace

TEST_GROUP(World){};

TEST(World, survives_storms_that_leave_nothing_out) {
  Tally all;
  for (std::uint64_t seed = 1; seed <= 10; ++seed) {
    const Tally tally = survive_storm(seed);
    for (std::size_t i = 0; i < kFaultKindCount; ++i) all.faults[i] += tally.faults[i];
    for (std::size_t i = 0; i < kGapReasonCount; ++i) all.gaps[i] += tally.gaps[i];
    all.duplicates += tally.duplicates;
    all.chunks_resolved += tally.chunks_resolved;
  }
  // Otherwise it proves less than it says.
  for (const std::uint64_t faults : all.faults) CHECK_TRUE(faults > 0);
  for (const GapReason reason : {GapReason::kRestart, GapReason::kRingFull, GapReason::kQuota}) {
    CHECK_TRUE(all.gaps[static_cast<std::size_t>(reason)] > 0);
  }
  CHECK_TRUE(all.duplicates > 0);
  CHECK_TRUE(all.chunks_resolved > 0);
}

// A record that closed a run left the grace area and was lost with the collector's database: of the
// run nobody knew any more.
TEST(World, closes_again_what_a_restored_collector_lacks) {
  std::uint64_t closings = 0;
  for (const std::uint64_t seed : {16, 41, 42, 52, 67}) {
    const Outcome outcome = run_and_report(draw_scenario(seed, Weather::kStorm, minutes(18)));
    if (outcome.violation) FAIL(outcome.violation->what.c_str());
    closings += outcome.tally.gaps[static_cast<std::size_t>(GapReason::kClosed)];
  }
  CHECK_TRUE(closings > 0);
}

TEST(World, is_the_same_again_with_the_same_seed) {
  Tally tallies[2];
  for (Tally& tally : tallies) {
    World world(draw_scenario(3, Weather::kStorm, minutes(5)));
    CHECK_FALSE(world.run().has_value());
    tally = world.tally();
  }
  CHECK_TRUE(tallies[0] == tallies[1]);
}

}  // namespace sluice::sim
