#pragma once
// Data made for tests: random, but the same on every machine, without a function of the C library.

#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

namespace sluice::chunk {

class Made {
 public:
  explicit Made(std::uint64_t seed) : random_(seed) {}

  std::uint64_t bits() { return random_(); }
  // 0 to limit - 1.
  std::int64_t below(std::int64_t limit) {
    return static_cast<std::int64_t>(random_() % static_cast<std::uint64_t>(limit));
  }
  // About normal, around 0; a sum of six even ones, whose standard deviation is 0.7 * spread.
  std::int64_t noise(std::int64_t spread) {
    std::int64_t sum = 0;
    for (int i = 0; i < 6; ++i) sum += below(2 * spread + 1) - spread;
    return sum / 2;
  }

  // `count` integers, each `next(index)`.
  template <typename Next>
  static std::vector<std::int64_t> column(std::size_t count, Next next) {
    std::vector<std::int64_t> integers;
    for (std::size_t i = 0; i < count; ++i) {
      integers.push_back(next(static_cast<std::int64_t>(i)));
    }
    return integers;
  }

 private:
  std::mt19937_64 random_;
};

}  // namespace sluice::chunk
