#include "tests/sim/report.hpp"

#include <chrono>
#include <cinttypes>
#include <cstdio>
#include <string>

#include "tests/sim/world.hpp"

namespace sluice::sim {

std::optional<Violation> run_and_report(const Scenario& scenario, PlantedBug bug) {
  std::printf("%s\n", replay_command(scenario).c_str());
  std::fflush(stdout);
  const auto started = std::chrono::steady_clock::now();
  World world(scenario, bug);
  std::optional<Violation> violation = world.run();
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  const Tally tally = world.tally();
  std::printf("  %.2f h, %" PRIu64 " steps, %" PRIu64 " faults, %" PRIu64 " runs, %" PRIu64
              " readings, %" PRIu64 " chunks, %" PRIu64 " gaps, %" PRIu64 " duplicates\n",
              to_seconds(tally.simulated) / 3600.0, tally.steps, tally.faults, tally.runs,
              tally.readings, tally.chunks, tally.gaps, tally.duplicates);
  std::printf("  %.1f s real: %.0f times as fast, %.0f readings/s\n", seconds,
              to_seconds(tally.simulated) / seconds, static_cast<double>(tally.readings) / seconds);
  if (violation) {
    std::printf("  %s VIOLATED: %s\n  replay: %s\n", std::string(name_of(violation->rule)).c_str(),
                violation->what.c_str(), replay_command(scenario).c_str());
  }
  return violation;
}

}  // namespace sluice::sim
