#pragma once
// Everything a simulation leaves to chance, from one seed. Only the generator's bits are used, not
// the distributions of the standard library: those differ from one library to the next, and a seed
// has to replay everywhere.

#include <cstdint>
#include <random>

#include "core/check.hpp"
#include "core/time.hpp"

namespace sluice::sim {

class Random {
 public:
  explicit Random(std::uint64_t seed) : source_(seed) {}

  std::uint64_t bits() { return source_(); }
  // A source of its own: what is drawn from it shifts nothing here.
  Random fork() { return Random(bits()); }

  // 0..limit - 1. REQUIRES: limit >= 1.
  std::uint64_t below(std::uint64_t limit) {
    CHECK(limit >= 1);
    return bits() % limit;
  }
  bool chance(double probability) {
    constexpr double kWhole = 4294967296.0;  // 2^32
    return static_cast<double>(bits() >> 32) < probability * kWhole;
  }
  // Both ends included. REQUIRES: least <= most.
  Duration between(Duration least, Duration most) {
    CHECK(least <= most);
    return least + Duration(static_cast<Duration::rep>(
                       below(static_cast<std::uint64_t>(to_ns(most - least)) + 1)));
  }

 private:
  std::mt19937_64 source_;
};

}  // namespace sluice::sim
