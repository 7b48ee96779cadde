#pragma once
// How long to wait before the next try: a random time up to a bound that doubles ("full jitter"),
// so that a fleet that lost its broker together does not come back together.

#include <cstdint>
#include <random>

#include "core/time.hpp"

namespace sluice::uplink {

class Backoff {
 public:
  static constexpr Duration kBoundMin = std::chrono::seconds(1);
  static constexpr Duration kBoundMax = std::chrono::minutes(2);

  explicit Backoff(std::mt19937_64 random) : random_(random) {}

  // Uniform in 0..bound; the bound is kBoundMin at first, then doubles up to kBoundMax.
  Duration next();
  // The last try worked.
  void reset() { bound_ = kBoundMin; }

 private:
  std::mt19937_64 random_;
  Duration bound_ = kBoundMin;
};

}  // namespace sluice::uplink
