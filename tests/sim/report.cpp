#include "tests/sim/report.hpp"

#include <chrono>
#include <cstdio>
#include <numeric>
#include <string>

namespace sluice::sim {
namespace {

template <typename Counts>
std::string sum_of(const Counts& counts) {
  return std::to_string(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}));
}

std::string gaps_of(const Tally& tally) {
  std::string text;
  for (std::uint8_t i = 0; i < kGapReasonCount; ++i) {
    if (tally.gaps[i] == 0) continue;
    text += (text.empty() ? " (" : ", ") + std::string(name_of(static_cast<GapReason>(i))) + " " +
            std::to_string(tally.gaps[i]);
  }
  return text.empty() ? text : text + ")";
}

std::string summary_of(const Tally& tally) {
  return std::to_string(tally.readings) + " readings in " + std::to_string(tally.chunks) +
         " chunks of " + std::to_string(tally.runs) + " runs; " + sum_of(tally.faults) +
         " faults, " + sum_of(tally.gaps) + " gaps" + gaps_of(tally) + ", " +
         std::to_string(tally.duplicates) + " duplicates; " + std::to_string(tally.steps) +
         " steps";
}

}  // namespace

Outcome run_and_report(const Scenario& scenario) {
  std::printf("%s\n", replay_command(scenario).c_str());
  std::fflush(stdout);
  const auto started = std::chrono::steady_clock::now();
  World world(scenario);
  const Outcome outcome{world.run(), world.tally()};
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();

  std::printf("  %s\n", summary_of(outcome.tally).c_str());
  const double simulated = to_seconds(outcome.tally.simulated);
  std::printf("  %.2f h in %.2f s: %.0f times as fast as real time, %.0f readings/s\n",
              simulated / 3600.0, seconds, simulated / seconds,
              static_cast<double>(outcome.tally.readings) / seconds);
  if (outcome.violation) {
    std::printf("  %s VIOLATED: %s\n  replay: %s\n",
                std::string(name_of(outcome.violation->rule)).c_str(),
                outcome.violation->what.c_str(), replay_command(scenario).c_str());
  }
  return outcome;
}

}  // namespace sluice::sim
