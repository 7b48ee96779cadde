#include "tests/sim/world.hpp"

#include <chrono>

#include "tests/sim/report.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::sim;
using namespace std::chrono_literals;

// clang-format off
TEST_GROUP(World) {
    // clang-format on
    // Prints the seed, what happened, and how to let it happen again.
    static void survives(std::uint64_t seed, Weather weather, Duration length){
        const std::optional<Violation> violation = run_and_report(draw_scenario(seed, weather,
                                                                                length));
if (violation) FAIL(violation->what.c_str());
}
}
;

TEST(World, survives_an_ordinary_hour) {
  survives(1, Weather::kDay, 1h);
}

TEST(World, survives_storms) {
  for (std::uint64_t seed = 1; seed <= 8; ++seed) survives(seed, Weather::kStorm, 10min);
}

TEST(World, is_the_same_again_with_the_same_seed) {
  Tally tallies[2];
  for (Tally& tally : tallies) {
    World world(draw_scenario(3, Weather::kStorm, 5min));
    CHECK_FALSE(world.run().has_value());
    tally = world.tally();
  }
  CHECK_TRUE(tallies[0].steps == tallies[1].steps);
  CHECK_TRUE(tallies[0].readings == tallies[1].readings);
  CHECK_TRUE(tallies[0].chunks == tallies[1].chunks);
  CHECK_TRUE(tallies[0].duplicates == tallies[1].duplicates);
}
