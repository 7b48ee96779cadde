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
// Up to here a quotient and the bits behind it come in one look ahead.
constexpr unsigned kPlainMax = BitReader::kPeekBits - kEscape;

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
  explicit Adaptation(ResidualCode code)
      : mean_(code.level == 0 ? 0 : kFirstMean << (2 * (code.level - 1))), sparse_(code.sparse) {}

  // Whether zeros are counted in runs.
  bool in_runs() const { return sparse_ || mean_ < kSparse; }
  // Of the Rice code: a mean of twice its power of two, less a half, asks for the next.
  unsigned parameter() const {
    const unsigned parameter = plain_parameter();
    return parameter < kNarrow ? parameter : kParameterMax;
  }
  // The same, unless that is more than kPlainMax.
  unsigned plain_parameter() const { return length_of((mean_ + kHalf) >> (kFraction + 1)); }
  // An outlier counts as the least that is escaped, so that one does not blunt the code for many.
  // The mean of a sparse code knows no zeros, not even one that a run has wrapped around to.
  void add(std::uint64_t residual) {
    if (sparse_ && residual == 0) return;
    add_plain(std::min(residual, std::uint64_t{kEscape} << std::min(parameter(), kCapMax)));
  }
  // REQUIRES: no outlier; in a sparse code, not 0.
  void add_plain(std::uint64_t residual) {
    mean_ += (residual << (kFraction - kMemory)) - (mean_ >> kMemory);
  }
  void add_zeros(std::uint64_t count) {
    if (sparse_) return;
    for (; count > 0 && mean_ >= 1U << kMemory; --count) add_plain(0);
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
  bool sparse_;
};

// Whether a residual is like those before it, as nearly all are: no outlier, and its code fits into
// a word. Only for these the code has to be fast.
bool is_plain(std::uint64_t quotient, unsigned parameter) {
  return quotient < kEscape && parameter <= kPlainMax;
}

template <typename Writer>
void put_unusual(Writer& out, std::uint64_t residual, unsigned parameter) {
  const std::uint64_t quotient = residual >> parameter;
  if (quotient >= kEscape) {
    out.put(0, kEscape);
    put_number(out, residual, kWide);
    return;
  }
  out.put(std::uint64_t{1} << quotient, static_cast<unsigned>(quotient) + 1);
  out.put(residual & ((std::uint64_t{1} << parameter) - 1), parameter);
}

// Writes `residual` less `known`, what a run already tells of it.
template <typename Writer>
void put_residual(Writer& out, std::uint64_t residual, unsigned known, Adaptation& adaptation) {
  const std::uint64_t rest = residual - known;
  const unsigned parameter = adaptation.plain_parameter();
  const std::uint64_t quotient = rest >> parameter;
  if (!is_plain(quotient, parameter)) {
    put_unusual(out, rest, adaptation.parameter());
    adaptation.add(residual);
    return;
  }
  const std::uint64_t stop = std::uint64_t{1} << quotient;
  const std::uint64_t low = rest & ((std::uint64_t{1} << parameter) - 1);
  out.put((low << 1 << quotient) | stop, static_cast<unsigned>(quotient) + 1 + parameter);
  adaptation.add_plain(residual);
}

template <typename Writer>
void put_residuals(Writer& out, std::span<const std::uint64_t> residuals, ResidualCode code) {
  put_code(out, code);
  Adaptation adaptation(code);
  unsigned run_bits = kFirstRunBits;
  for (auto next = residuals.begin(); next != residuals.end(); ++next) {
    const bool in_runs = adaptation.in_runs();
    if (in_runs) {
      const auto end = std::find_if(next, residuals.end(), [](std::uint64_t r) { return r != 0; });
      auto zeros = static_cast<std::uint64_t>(end - next);
      next = end;
      adaptation.add_zeros(zeros);
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
    }
    put_residual(out, *next, in_runs ? 1 : 0, adaptation);
  }
}

std::uint64_t take_unusual(BitReader& in, unsigned parameter) {
  std::uint64_t quotient = 0;
  while (quotient < kEscape && !in.take_flag()) ++quotient;
  if (quotient == kEscape) return take_number(in, kWide);
  return (quotient << parameter) | in.take(parameter);
}

// `known` is what a run already told of it.
inline std::uint64_t take_residual(BitReader& in, unsigned known, Adaptation& adaptation) {
  const std::uint64_t word = in.peek();
  const unsigned parameter = adaptation.plain_parameter();
  const auto quotient = static_cast<unsigned>(std::countr_zero(word));
  if (!is_plain(quotient, parameter)) {
    BitReader copy = in;  // `in` itself must not be given away, see take_residuals()
    const std::uint64_t residual = take_unusual(copy, adaptation.parameter()) + known;
    in = copy;
    adaptation.add(residual);
    return residual;
  }
  const std::uint64_t low = (word >> 1 >> quotient) & ((std::uint64_t{1} << parameter) - 1);
  in.skip(quotient + 1 + parameter);
  const std::uint64_t residual = ((std::uint64_t{quotient} << parameter) | low) + known;
  adaptation.add_plain(residual);
  return residual;
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
  BitReader bits = in;  // without an address, it stays in registers
  Adaptation adaptation(code);
  unsigned run_bits = kFirstRunBits;
  for (auto next = residuals.begin(); next != residuals.end();) {
    const bool in_runs = adaptation.in_runs();
    if (in_runs) {
      const bool goes_on = bits.take_flag();
      const std::uint64_t length = goes_on ? std::uint64_t{1} << run_bits : bits.take(run_bits);
      const auto left = static_cast<std::uint64_t>(residuals.end() - next);
      next = std::fill_n(next, static_cast<std::ptrdiff_t>(std::min(length, left)), 0);
      adaptation.add_zeros(length);
      if (goes_on) {
        run_bits += run_bits < kRunBitsMax;
        continue;
      }
      if (next == residuals.end()) break;
      run_bits -= run_bits > 0;
    }
    *next++ = take_residual(bits, in_runs ? 1 : 0, adaptation);
  }
  in = bits;
}

}  // namespace sluice::chunk
