#include "core/histogram.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "core/check.hpp"

namespace sluice {

void Histogram::add(Duration duration) {
  ++buckets_[bucket_of(duration)];
  ++count_;
  max_ = std::max(max_, duration);
}

Duration Histogram::quantile(double q) const {
  CHECK(q >= 0.0 && q <= 1.0);
  if (count_ == 0) return Duration{};
  const double share = std::ceil(q * static_cast<double>(count_));
  const auto wanted = std::clamp<std::uint64_t>(static_cast<std::uint64_t>(share), 1, count_);
  if (wanted == count_) return max_;
  std::uint64_t passed = 0;
  std::size_t bucket = 0;
  for (; bucket < kBuckets - 1; ++bucket) {
    passed += buckets_[bucket];
    if (passed >= wanted) break;
  }
  return bucket == kBuckets - 1 ? max_ : std::min(middle_of(bucket), max_);
}

std::size_t Histogram::bucket_of(Duration duration) {
  if (duration < Duration(std::int64_t{1} << kFirstOctave)) return 0;
  const auto ns = static_cast<std::uint64_t>(to_ns(duration));
  const int octave = static_cast<int>(std::bit_width(ns)) - 1;
  if (octave > kLastOctave) return kBuckets - 1;
  // The bits below the leading one say where in the octave.
  const auto part = static_cast<std::size_t>(ns >> (octave - kBucketBits)) & kPartMask;
  return 1 + (static_cast<std::size_t>(octave - kFirstOctave) << kBucketBits) + part;
}

Duration Histogram::middle_of(std::size_t bucket) {
  if (bucket == 0) return Duration((std::int64_t{1} << kFirstOctave) / 2);
  const int octave = kFirstOctave + static_cast<int>((bucket - 1) >> kBucketBits);
  const auto part = static_cast<std::int64_t>((bucket - 1) & kPartMask);
  const std::int64_t width = std::int64_t{1} << (octave - kBucketBits);
  return Duration((std::int64_t{1} << octave) + part * width + width / 2);
}

}  // namespace sluice
