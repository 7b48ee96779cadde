// One thing that is wrong for long, and nothing else: all invariants hold meanwhile, and everything
// arrives once it is over.

#include <chrono>
#include <cstdint>

#include "tests/sim/report.hpp"
#include "tests/sim/world.hpp"

#include <CppUTest/TestHarness.h>

namespace sluice::sim {
namespace {

using namespace std::chrono_literals;

// Two channels a minute over days, in one run.
Scenario quiet(Duration length) {
  Scenario scenario = draw_scenario(1, Weather::kDay, length);
  scenario.manners = {};
  scenario.channels = 2;
  scenario.period = 1min;
  scenario.seal_after = 10min;
  scenario.storage_every = 30s;
  scenario.ring = 10min;
  scenario.live_every = 1h;
  scenario.run_max = 2 * length;
  scenario.fault_every = 1'000 * length;
  return scenario;
}

// Of a run in which nobody was killed.
Tally survive(const Scenario& scenario) {
  const Outcome outcome = run_and_report(scenario);
  if (outcome.violation) FAIL(outcome.violation->what.c_str());
  for (const std::uint64_t gaps : outcome.tally.gaps) LONGS_EQUAL(0, gaps);
  const auto minutes = scenario.length / 1min;
  CHECK(outcome.tally.readings >= static_cast<std::uint64_t>(2 * minutes));
  return outcome.tally;
}

}  // namespace

TEST_GROUP(LongFaults){};

TEST(LongFaults, delivers_what_waited_for_a_week) {
  Scenario scenario = quiet(24h * 8);
  scenario.script = {{12h, {FaultKind::kGatewayOutage, 24h * 7}}};
  survive(scenario);
}

TEST(LongFaults, does_not_flood_the_broker_while_the_collector_is_down) {
  Scenario scenario = quiet(24h * 3);
  const std::uint64_t batches_without = survive(scenario).batches;
  scenario.script = {{12h, {FaultKind::kCollectorOutage, 24h * 2}}};
  // Eight batches, six times an hour.
  CHECK(survive(scenario).batches < batches_without + 48 * 6 * 8);
}

TEST(LongFaults, starts_in_1970_and_learns_the_time_later) {
  Scenario scenario = quiet(24h);
  scenario.wall_start = wall_time_from_ns(0);
  scenario.script = {{8h, {FaultKind::kClockJump, 24h * 365 * 56}}};
  survive(scenario);
}

TEST(LongFaults, outlasts_a_broker_that_acknowledges_and_forgets) {
  Scenario scenario = quiet(24h);
  const std::uint64_t batches_without = survive(scenario).batches;
  scenario.manners.forget = 0.9;
  CHECK(survive(scenario).batches > batches_without);
}

}  // namespace sluice::sim
