#pragma once
// Quantiles of many values in little memory: a histogram of equal bins that finds its own bin
// width. Its state depends on which values it has seen, not on their order and not on how they were
// parted among sketches that were merged; so windows of a stream and of stored data agree.
//
// While there are no more than kBinsMax different values, quantiles are exact (to 2^-62 of the
// largest). With more the bins are made twice as wide, in place, as often as needed; only bins that
// hold something count, so an outlier costs one bin and no precision, unless it is 2^62 times as
// large as the others.

#include <array>
#include <cstddef>
#include <cstdint>
#include <type_traits>

namespace sluice {

class QuantileSketch {
 public:
  static constexpr std::size_t kBinsMax = 256;

  // REQUIRES: a finite value. O(log kBinsMax), and O(kBinsMax) for a value that needs a new bin.
  void add(double value);
  void add(const QuantileSketch& other);

  std::uint64_t count() const { return count_; }
  // The value of rank ceil(q * count), counted from the smallest: the middle of its bin, off by
  // half of bin_width() at most. REQUIRES: count() > 0 and 0 <= q <= 1.
  double quantile(double q) const;
  // 0 while quantiles are exact.
  double bin_width() const;

  bool operator==(const QuantileSketch& other) const;

 private:
  // Values in [key * 2^exponent_, (key + 1) * 2^exponent_).
  struct Bin {
    std::int64_t key = 0;
    std::uint64_t count = 0;
    bool operator==(const Bin&) const = default;
  };

  // Wide enough for keys of `value` that have 62 bits.
  void make_room_for(double value);
  void widen_to(int exponent);
  void count_in(std::int64_t key, std::uint64_t count);

  std::array<Bin, kBinsMax> bins_{};  // the first size_, by key
  std::size_t size_ = 0;
  std::uint64_t count_ = 0;
  // Of the bin width, and the one that the largest value asks for: that is as fine as doubles are.
  int exponent_ = kFinest;
  int finest_ = kFinest;
  static constexpr int kFinest = -1074;
};
static_assert(std::is_trivially_copyable_v<QuantileSketch>);

}  // namespace sluice
