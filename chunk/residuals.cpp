#include "chunk/residuals.hpp"

namespace sluice::chunk {
namespace {

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
void put_residuals(Writer& out, std::span<const std::uint64_t> residuals, unsigned level) {
  Adaptation adaptation(level);
  unsigned run_bits = kFirstRunBits;
  for (auto next = residuals.begin(); next != residuals.end(); ++next) {
    std::uint64_t residual = *next;
    if (adaptation.sparse()) {
      const auto end = std::find_if(next, residuals.end(), [](std::uint64_t r) { return r != 0; });
      auto zeros = static_cast<std::uint64_t>(end - next);
      for (; next != end; ++next) adaptation.add(0);
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

}  // namespace

void append_residuals(BitWriter& out, std::span<const std::uint64_t> residuals, unsigned level) {
  put_residuals(out, residuals, level);
}

std::size_t residual_bits(std::span<const std::uint64_t> residuals, unsigned level) {
  BitCounter counter;
  put_residuals(counter, residuals, level);
  return counter.bits();
}

unsigned first_level(std::span<const std::uint64_t> residuals) {
  constexpr std::size_t kSamples = 16;
  const std::span sample = residuals.first(std::min(residuals.size(), kSamples));
  if (sample.empty()) return 0;
  std::uint64_t sum = 0;
  for (const std::uint64_t residual : sample) sum += std::min(residual, std::uint64_t{1} << 58);
  // Sixteen times the mean against the starts 12, 24, 48...
  const std::uint64_t scaled = sum / sample.size() * 16 + sum % sample.size() * 16 / sample.size();
  const auto level = static_cast<unsigned>(std::bit_width(scaled / 8));
  return std::min(level > 1 ? level - 1 : level, Adaptation::kLevelMax);
}

void ResidualReader::take_run() {
  if (in_.take_flag()) {
    zeros_ = 1U << run_bits_;
    run_bits_ += run_bits_ < kRunBitsMax;
    return;
  }
  zeros_ = static_cast<std::uint32_t>(in_.take(run_bits_));
  run_bits_ -= run_bits_ > 0;
  run_broken_ = true;
}

std::uint64_t ResidualReader::take_escaped() {
  in_.skip(kEscape);
  return take_number(in_, kWide);
}

// For what does not fit into one look ahead.
std::uint64_t ResidualReader::take_long(unsigned parameter) {
  std::uint64_t quotient = 0;
  while (!in_.take_flag()) ++quotient;
  return (quotient << parameter) | in_.take(parameter);
}

}  // namespace sluice::chunk
