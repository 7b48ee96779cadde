#include "tests/sim/faults.hpp"

#include <algorithm>

namespace sluice::sim {

using namespace std::chrono_literals;

Faults::Faults(const Scenario& scenario, Random random)
    : scenario_(scenario), random_(random), next_(Instant{} + pause()) {}

Duration Faults::pause() {
  return random_.between(0s, 2 * scenario_.fault_every);
}

Fault Faults::draw(Instant now) {
  next_ = now + pause();
  const auto kind = static_cast<FaultKind>(random_.below(kFaultKindCount));
  // Short ones are as frequent as long ones.
  constexpr Duration kScales[] = {1s, 10s, 60s, 20min};
  const Duration longest =
      std::min(kScales[random_.below(std::size(kScales))], scenario_.fault_length_max);
  return {kind, random_.between(100ms, longest)};
}

}  // namespace sluice::sim
