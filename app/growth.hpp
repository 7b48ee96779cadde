#pragma once
// How fast something grows that comes in steps, in the last minutes: from one step to another.

#include <cstdint>
#include <optional>
#include <vector>

#include "core/time.hpp"

namespace sluice::app {

class Growth {
 public:
  // From this time on. Older steps are forgotten as long as two are left.
  static constexpr Duration kWindow = std::chrono::minutes(10);
  // Steps that follow each other sooner are joined.
  static constexpr Duration kStepMin = std::chrono::seconds(30);

  // It has come to `total`. REQUIRES: `now` does not go back.
  void step(Instant now, std::int64_t total);
  // Nothing before the second step. When a step is late the rate falls.
  std::optional<double> per_second(Instant now) const;

 private:
  struct Step {
    Instant time;
    std::int64_t total = 0;
  };
  std::vector<Step> steps_;  // ascending; kWindow / kStepMin and a few
};

}  // namespace sluice::app
