#include "chunk/exceptions.hpp"

#include <array>
#include <bit>
#include <limits>

#include "chunk/decimal.hpp"

namespace sluice::chunk {
namespace {

// Which value it is. The first few have a number; the last raw one may come again.
constexpr unsigned kKindBits = 3;
constexpr std::array<double, 4> kUsual = {std::numeric_limits<double>::quiet_NaN(),
                                          std::numeric_limits<double>::infinity(),
                                          -std::numeric_limits<double>::infinity(), -0.0};
constexpr unsigned kRaw = 4;    // 64 bits follow
constexpr unsigned kAgain = 5;  // as the last raw one

unsigned kind_of(double value, double last_raw) {
  for (unsigned kind = 0; kind < kUsual.size(); ++kind) {
    if (same_bits(value, kUsual[kind])) return kind;
  }
  return same_bits(value, last_raw) ? kAgain : kRaw;
}

template <typename Writer>
void put_exceptions(Writer& out, std::span<const Exception> exceptions) {
  std::uint32_t end = 0;
  double last_raw = 0.0;
  for (const Exception& exception : exceptions) {
    put_number(out, exception.at - end, kWide);
    put_number(out, exception.count - 1, 0);
    const unsigned kind = kind_of(exception.value, last_raw);
    out.put(kind, kKindBits);
    if (kind == kRaw) {
      last_raw = exception.value;
      out.put(std::bit_cast<std::uint64_t>(last_raw), 64);
    }
    end = exception.at + exception.count;
  }
}

}  // namespace

void add_exception(std::vector<Exception>& exceptions, std::size_t at, double value) {
  if (!exceptions.empty()) {
    Exception& last = exceptions.back();
    if (last.at + last.count == at && same_bits(last.value, value)) {
      ++last.count;
      return;
    }
  }
  exceptions.push_back({static_cast<std::uint32_t>(at), 1, value});
}

void append_exceptions(BitWriter& out, std::span<const Exception> exceptions) {
  put_number(out, exceptions.size(), 0);
  put_exceptions(out, exceptions);
}

std::vector<Exception> take_exceptions(BitReader& in, std::size_t count) {
  std::vector<Exception> exceptions;
  std::uint64_t end = 0;
  double last_raw = 0.0;
  for (std::uint64_t left = take_number(in, 0); left > 0 && !in.overrun(); --left) {
    const std::uint64_t gap = take_number(in, kWide);
    const std::uint64_t more = take_number(in, 0);
    // Each is compared alone first, so that their sum cannot wrap around.
    if (gap >= count || more >= count || end + gap + more >= count) {
      in.fail();
      break;
    }
    const auto kind = static_cast<unsigned>(in.take(kKindBits));
    if (kind > kAgain) in.fail();
    if (kind == kRaw) last_raw = std::bit_cast<double>(in.take(64));
    const auto at = static_cast<std::uint32_t>(end + gap);
    exceptions.push_back(
        {at, static_cast<std::uint32_t>(more + 1), kind < kUsual.size() ? kUsual[kind] : last_raw});
    end = std::uint64_t{at} + more + 1;
  }
  return exceptions;
}

std::size_t exception_bits(std::span<const Exception> exceptions) {
  BitCounter counter;
  put_exceptions(counter, exceptions);
  return counter.bits();
}

}  // namespace sluice::chunk
