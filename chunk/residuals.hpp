#pragma once
// What prediction leaves over: folded differences, mostly small. Adaptive Golomb-Rice: the
// parameter of each follows from the mean of those before it, and where nearly all are zero, runs
// of zeros are counted instead.

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <span>

#include "chunk/bits.hpp"

namespace sluice::chunk {

// Mean of the residuals, weighted by age; encoder and decoder keep the same.
class Adaptation {
 public:
  // 0 for a mean of nearly nothing, else about 2^level / 2.
  static constexpr unsigned kLevelMax = 60;
  explicit Adaptation(unsigned level) : sum_(level == 0 ? 0 : std::uint64_t{12} << (level - 1)) {}

  bool sparse() const { return sum_ < kSparse; }
  unsigned parameter() const { return static_cast<unsigned>(std::bit_width((sum_ + 8) >> 5)); }
  void add(std::uint64_t residual) { sum_ += std::min(residual, kResidualCap) - (sum_ >> 4); }

 private:
  static constexpr std::uint64_t kSparse = 6;
  // Keeps the sum, sixteen times the mean, inside 64 bits.
  static constexpr std::uint64_t kResidualCap = (std::uint64_t{1} << 60) - 1;

  std::uint64_t sum_;
};

void append_residuals(BitWriter& out, std::span<const std::uint64_t> residuals, unsigned level);
// How many bits that takes.
std::size_t residual_bits(std::span<const std::uint64_t> residuals, unsigned level);
// The level whose start is nearest to the mean of the first of them.
unsigned first_level(std::span<const std::uint64_t> residuals);

// A quotient of so many zeros stands for a residual that follows as a number.
inline constexpr unsigned kEscape = 16;
// Zeros are counted in runs of 2^bits of them.
inline constexpr unsigned kFirstRunBits = 2;
inline constexpr unsigned kRunBitsMax = 12;

class ResidualReader {
 public:
  // `in` must outlive the reader. REQUIRES: level <= Adaptation::kLevelMax.
  ResidualReader(BitReader& in, unsigned level) : in_(in), adaptation_(level) {}

  std::uint64_t take() {
    if (zeros_ == 0 && !run_broken_ && adaptation_.sparse()) take_run();
    if (zeros_ > 0) {
      --zeros_;
      adaptation_.add(0);
      return 0;
    }
    const std::uint64_t residual = take_rice() + (run_broken_ ? 1 : 0);
    run_broken_ = false;
    adaptation_.add(residual);
    return residual;
  }

 private:
  void take_run();
  std::uint64_t take_rice() {
    const unsigned parameter = adaptation_.parameter();
    const std::uint64_t word = in_.peek();
    const auto quotient = static_cast<unsigned>(std::countr_zero(word));
    if (quotient >= kEscape) return take_escaped();
    if (quotient + 1 + parameter > 57) return take_long(parameter);
    in_.skip(quotient + 1 + parameter);
    const std::uint64_t rest = (word >> (quotient + 1)) & ((std::uint64_t{1} << parameter) - 1);
    return (std::uint64_t{quotient} << parameter) | rest;
  }
  std::uint64_t take_long(unsigned parameter);
  std::uint64_t take_escaped();

  BitReader& in_;
  Adaptation adaptation_;
  std::uint32_t zeros_ = 0;  // of the run, still to be given
  bool run_broken_ = false;  // behind them comes what is not zero
  unsigned run_bits_ = kFirstRunBits;
};

}  // namespace sluice::chunk
