#pragma once
// How durations are spread, in fixed memory: counts in buckets that grow with the value. A plain
// value: it can be published by one thread and read by another (core/published.hpp).

#include <array>
#include <cstddef>
#include <cstdint>

#include "core/time.hpp"

namespace sluice {

// From 1 us to 10 s a quantile is at most 6.25 % off; what is shorter is known as shorter than
// 512 ns, what is longer than 17 s as the longest seen. Counts have 64 bits: 32 would be full after
// 50 days at 1 kHz.
class Histogram {
 public:
  // A negative duration counts as none.
  void add(Duration duration);

  std::uint64_t count() const { return count_; }
  Duration max() const { return max_; }  // exact; zero while empty
  // The duration that a share `q` of all does not exceed; zero while empty. REQUIRES: 0 <= q <= 1.
  Duration quantile(double q) const;

 private:
  // Eight buckets an octave: a bucket is an eighth of its lower end wide, its middle half of that
  // off at most.
  static constexpr int kBucketBits = 3;
  static constexpr std::size_t kPartMask = (std::size_t{1} << kBucketBits) - 1;
  static constexpr int kFirstOctave = 9;  // 2^9 ns = 512 ns
  static constexpr int kLastOctave = 33;  // up to 2^34 ns = 17.2 s
  static constexpr std::size_t kOctaves = kLastOctave - kFirstOctave + 1;
  static constexpr std::size_t kBuckets = (kOctaves << kBucketBits) + 2;  // and shorter, and longer

  static std::size_t bucket_of(Duration duration);
  static Duration middle_of(std::size_t bucket);

  std::array<std::uint64_t, kBuckets> buckets_{};
  std::uint64_t count_ = 0;
  Duration max_{};
};

}  // namespace sluice
