#include "chunk/residuals.hpp"

#include <algorithm>
#include <bit>

#include "chunk/integer.hpp"

namespace sluice::chunk {
namespace {

// A quotient of so many zeros stands for a residual that follows as a number.
constexpr unsigned kEscape = 16;
// Zeros are counted in runs of 2^bits of them.
constexpr unsigned kFirstRunBits = 2;
constexpr unsigned kRunBitsMax = 12;

// The widest residuals stand in so many bits behind a short quotient.
constexpr unsigned kParameterMax = 60;

// Levels up to the last but one of 3 bits stand there; of others 5 bits more say how far beyond,
// or that the code is sparse and its level follows.
constexpr unsigned kLevelBits = 3;
constexpr unsigned kLevelBeyond = 7;
constexpr unsigned kLevelBeyondBits = 5;
constexpr unsigned kSparseMark = 31;
static_assert(kLevelMax - kLevelBeyond < kSparseMark);

template <typename Writer>
void put_code(Writer& out, ResidualCode code) {
  if (code.sparse) {
    out.put(kLevelBeyond, kLevelBits);
    out.put(kSparseMark, kLevelBeyondBits);
  }
  out.put(std::min(code.level, kLevelBeyond), kLevelBits);
  if (code.level >= kLevelBeyond) out.put(code.level - kLevelBeyond, kLevelBeyondBits);
}

unsigned take_level(BitReader& in) {
  const auto level = static_cast<unsigned>(in.take(kLevelBits));
  return level < kLevelBeyond ? level : level + static_cast<unsigned>(in.take(kLevelBeyondBits));
}

ResidualCode take_code(BitReader& in) {
  ResidualCode code{take_level(in)};
  code.sparse = code.level == kLevelBeyond + kSparseMark;
  if (code.sparse) code.level = take_level(in);
  if (code.level > kLevelMax) in.fail();
  return code;
}

// Mean of the residuals, weighted by age; encoder and decoder keep the same. In units of 2^-8.
class Adaptation {
 public:
  explicit Adaptation(unsigned level) : mean_(level == 0 ? 0 : kFirstMean << (2 * (level - 1))) {}

  // Whether zeros are counted in runs.
  bool sparse() const { return mean_ < kSparse; }
  // Of the Rice code: a mean of twice its power of two, less a half, asks for the next.
  unsigned parameter() const {
    const unsigned parameter = length_of((mean_ + kHalf) >> (kFraction + 1));
    return parameter < kNarrow ? parameter : kParameterMax;
  }
  // An outlier counts as the least that is escaped, so that one does not blunt the code for many.
  void add(std::uint64_t residual) {
    const std::uint64_t cap = std::uint64_t{kEscape} << std::min(parameter(), kCapMax);
    mean_ += (std::min(residual, cap) << (kFraction - kMemory)) - (mean_ >> kMemory);
  }

 private:
  static constexpr unsigned kFraction = 8;
  static constexpr unsigned kMemory = 4;            // a residual weighs 2^-4 in the mean
  static constexpr unsigned kCapMax = 51;           // beyond, the mean would not fit
  static constexpr unsigned kNarrow = 54;           // beyond, it no longer tells how wide they are
  static constexpr std::uint64_t kFirstMean = 192;  // 0.75
  static constexpr std::uint64_t kHalf = 128;
  static constexpr std::uint64_t kSparse = 128;  // a half

  std::uint64_t mean_;
};

template <typename Writer>
void put_rice(Writer& out, std::uint64_t residual, unsigned parameter) {
  const std::uint64_t quotient = residual >> parameter;
  if (quotient >= kEscape) {
    out.put(0, kEscape);
    put_number(out, residual, kWide);
    return;
  }
  out.put(std::uint64_t{1} << quotient, static_cast<unsigned>(quotient) + 1);
  out.put(residual & ((std::uint64_t{1} << parameter) - 1), parameter);
}

template <typename Writer>
void put_residuals(Writer& out, std::span<const std::uint64_t> residuals, ResidualCode code) {
  put_code(out, code);
  Adaptation adaptation(code.level);
  unsigned run_bits = kFirstRunBits;
  for (auto next = residuals.begin(); next != residuals.end(); ++next) {
    std::uint64_t residual = *next;
    if (code.sparse || adaptation.sparse()) {
      const auto end = std::find_if(next, residuals.end(), [](std::uint64_t r) { return r != 0; });
      auto zeros = static_cast<std::uint64_t>(end - next);
      for (; next != end; ++next) {
        if (!code.sparse) adaptation.add(0);
      }
      for (; zeros >= std::uint64_t{1} << run_bits; run_bits += run_bits < kRunBitsMax) {
        out.put(1, 1);
        zeros -= std::uint64_t{1} << run_bits;
      }
      if (end == residuals.end()) {
        // The reader stops counting by itself.
        if (zeros > 0) out.put(1, 1);
        return;
      }
      out.put(0, 1);
      out.put(zeros, run_bits);
      run_bits -= run_bits > 0;
      residual = *next - 1;
    }
    put_rice(out, residual, adaptation.parameter());
    adaptation.add(*next);
  }
}

// For what does not fit into one look ahead.
std::uint64_t take_long_rice(BitReader& in, unsigned parameter) {
  std::uint64_t quotient = 0;
  while (!in.take_flag()) ++quotient;
  return (quotient << parameter) | in.take(parameter);
}

std::uint64_t take_escaped(BitReader& in) {
  in.skip(kEscape);
  return take_number(in, kWide);
}

inline std::uint64_t take_rice(BitReader& in, unsigned parameter) {
  const std::uint64_t word = in.peek();
  const auto quotient = static_cast<unsigned>(std::countr_zero(word));
  if (quotient >= kEscape) return take_escaped(in);
  if (quotient + 1 + parameter > BitReader::kPeekBits) return take_long_rice(in, parameter);
  in.skip(quotient + 1 + parameter);
  const std::uint64_t rest = (word >> (quotient + 1)) & ((std::uint64_t{1} << parameter) - 1);
  return (std::uint64_t{quotient} << parameter) | rest;
}

}  // namespace

void append_residuals(BitWriter& out, std::span<const std::uint64_t> residuals, ResidualCode code) {
  put_residuals(out, residuals, code);
}

std::size_t residual_bits(std::span<const std::uint64_t> residuals, ResidualCode code) {
  BitCounter counter;
  put_residuals(counter, residuals, code);
  return counter.bits();
}

unsigned level_of(std::span<const std::uint64_t> residuals) {
  // The first few of a long column are those of a predictor that has yet to see something.
  constexpr std::size_t kWarm = 8;
  constexpr std::size_t kSamples = 16;
  const std::size_t begin = residuals.size() >= kWarm + kSamples ? kWarm : 0;
  const std::span sample = residuals.subspan(begin, std::min(residuals.size(), kSamples));
  if (sample.empty()) return 0;
  std::uint64_t sum = 0;
  for (const std::uint64_t residual : sample) sum += std::min(residual, std::uint64_t{1} << 58);
  // Sixteen times the mean, against starts of 12, 48, 192...: each serves from its half on.
  const std::uint64_t scaled = sum / sample.size() * 16 + sum % sample.size() * 16 / sample.size();
  return std::min((length_of(scaled / 6) + 1) / 2, kLevelMax);
}

void take_residuals(BitReader& in, std::span<std::uint64_t> residuals) {
  const ResidualCode code = take_code(in);
  if (in.overrun()) return;
  Adaptation adaptation(code.level);
  unsigned run_bits = kFirstRunBits;
  std::uint64_t zeros = 0;  // of the run, still to be given
  bool run_broken = false;  // behind them comes what is not zero
  for (std::uint64_t& residual : residuals) {
    if (zeros == 0 && !run_broken && (code.sparse || adaptation.sparse())) {
      run_broken = !in.take_flag();
      zeros = run_broken ? in.take(run_bits) : std::uint64_t{1} << run_bits;
      if (run_broken) {
        run_bits -= run_bits > 0;
      } else {
        run_bits += run_bits < kRunBitsMax;
      }
    }
    if (zeros > 0) {
      --zeros;
      residual = 0;
    } else {
      residual = take_rice(in, adaptation.parameter()) + (run_broken ? 1 : 0);
      run_broken = false;
    }
    if (residual != 0 || !code.sparse) adaptation.add(residual);
  }
}

}  // namespace sluice::chunk
