#include "tests/sim/faults.hpp"

#include <algorithm>

namespace sluice::sim {

using namespace std::chrono_literals;

Faults::Faults(const Scenario& scenario, Random random)
    : scenario_(scenario),
      random_(random),
      next_(Instant{} + (scenario.script.empty() ? pause() : scenario.script.front().at)) {}

Duration Faults::pause() {
  return random_.between(0s, 2 * scenario_.fault_every);
}

Fault Faults::draw(Instant now) {
  if (!scenario_.script.empty()) {
    const Fault fault = scenario_.script[told_++].fault;
    const bool more = told_ < scenario_.script.size();
    next_ = more ? Instant{} + scenario_.script[told_].at : Instant::max();
    return fault;
  }
  next_ = now + pause();
  const auto kind = static_cast<FaultKind>(random_.below(kFaultKindCount));
  // Short ones are as frequent as long ones.
  constexpr Duration kScales[] = {1s, 10s, 60s, 20min};
  const Duration longest =
      std::min(kScales[random_.below(std::size(kScales))], scenario_.fault_length_max);
  return {kind, random_.between(100ms, longest)};
}

}  // namespace sluice::sim
