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
  // After a connection that held: of a thousand gateways whose broker restarts fewer than a quarter
  // come back in any second, and one that is alone waits 4 s on average.
  static constexpr Duration kBoundOfFleet = std::chrono::seconds(8);
  static constexpr Duration kBoundMax = std::chrono::minutes(2);
  // After a refusal, which somebody has to do something about.
  static constexpr Duration kRefusedMin = std::chrono::minutes(5);
  static constexpr Duration kRefusedMax = std::chrono::hours(1);

  explicit Backoff(std::mt19937_64 random, Duration bound_max = kBoundMax)
      : random_(random), bound_max_(bound_max) {}

  // Uniform in 0..bound; the bound is kBoundMin at first, kBoundOfFleet after a reset(), then
  // doubles up to `bound_max`.
  Duration next();
  // Uniform in kRefusedMin..bound; the bound is twice that at first, then doubles up to
  // kRefusedMax.
  Duration next_after_refusal();
  // The last try has led to a connection that held.
  void reset();

  // Uniform in 0..most: for what a fleet must not do at one time either.
  Duration spread(Duration most);

 private:
  std::mt19937_64 random_;
  Duration bound_max_;
  Duration bound_ = kBoundMin;
  Duration refused_bound_ = 2 * kRefusedMin;
};

}  // namespace sluice::uplink
