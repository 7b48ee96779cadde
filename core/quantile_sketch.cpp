#include "core/quantile_sketch.hpp"

#include <algorithm>
#include <cmath>

#include "core/check.hpp"

namespace sluice {
namespace {

// Keys have as many bits: values down to a 500th of the largest are kept to their last bit.
constexpr int kKeyBits = 62;

std::int64_t key_of(double value, int exponent) {
  const double scaled = std::ldexp(value, -exponent);
  // What is too small for a double is still below 0.
  if (scaled == 0.0 && value < 0.0) return -1;
  return static_cast<std::int64_t>(std::floor(scaled));
}

}  // namespace

void QuantileSketch::add(double value) {
  CHECK(std::isfinite(value));
  make_room_for(value);
  count_in(key_of(value, exponent_), 1);
  ++count_;
}

void QuantileSketch::add(const QuantileSketch& other) {
  QuantileSketch theirs = other;
  finest_ = std::max(finest_, theirs.finest_);
  const int exponent = std::max({exponent_, theirs.exponent_, finest_});
  widen_to(exponent);
  theirs.widen_to(exponent);
  for (std::size_t i = 0; i < theirs.size_; ++i) {
    // This may have widened meanwhile.
    count_in(theirs.bins_[i].key >> (exponent_ - exponent), theirs.bins_[i].count);
  }
  count_ += theirs.count_;
}

double QuantileSketch::quantile(double q) const {
  CHECK(count_ > 0 && q >= 0.0 && q <= 1.0);
  const double wanted = std::ceil(q * static_cast<double>(count_));
  const std::uint64_t rank =
      std::clamp<std::uint64_t>(static_cast<std::uint64_t>(wanted), 1, count_);
  std::uint64_t below = 0;
  const Bin* bin = bins_.data();
  while ((below += bin->count) < rank) ++bin;
  return std::ldexp(static_cast<double>(bin->key), exponent_) + bin_width() / 2.0;
}

double QuantileSketch::bin_width() const {
  return exponent_ == finest_ ? 0.0 : std::ldexp(1.0, exponent_);
}

bool QuantileSketch::operator==(const QuantileSketch& other) const {
  return exponent_ == other.exponent_ && finest_ == other.finest_ &&
         std::equal(bins_.begin(), bins_.begin() + static_cast<std::ptrdiff_t>(size_),
                    other.bins_.begin(),
                    other.bins_.begin() + static_cast<std::ptrdiff_t>(other.size_));
}

void QuantileSketch::make_room_for(double value) {
  if (value == 0.0) return;
  finest_ = std::max(finest_, std::ilogb(value) + 1 - kKeyBits);
  widen_to(std::max(exponent_, finest_));
}

void QuantileSketch::widen_to(int exponent) {
  // Beyond 63 binary places each key is -1 or 0 anyway.
  const int places = std::min(exponent - exponent_, 63);
  exponent_ = exponent;
  if (places == 0) return;
  std::size_t kept = 0;
  for (std::size_t i = 0; i < size_; ++i) {
    const Bin bin{bins_[i].key >> places, bins_[i].count};
    if (kept > 0 && bins_[kept - 1].key == bin.key) {
      bins_[kept - 1].count += bin.count;
    } else {
      bins_[kept++] = bin;
    }
  }
  size_ = kept;
}

void QuantileSketch::count_in(std::int64_t key, std::uint64_t count) {
  for (;;) {
    const auto end = bins_.begin() + static_cast<std::ptrdiff_t>(size_);
    const auto at = std::lower_bound(bins_.begin(), end, key,
                                     [](const Bin& bin, std::int64_t k) { return bin.key < k; });
    if (at != end && at->key == key) {
      at->count += count;
      return;
    }
    if (size_ < kBinsMax) {
      std::move_backward(at, end, end + 1);
      *at = {key, count};
      ++size_;
      return;
    }
    widen_to(exponent_ + 1);
    key >>= 1;
  }
}

}  // namespace sluice
