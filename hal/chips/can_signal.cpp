#include "hal/chips/can_signal.hpp"

#include "core/check.hpp"

namespace sluice::hal::can {
namespace {

// Places of bits in the order in which a big-endian signal runs: byte by byte, from left to right.
std::size_t running(std::size_t bit) {
  return bit / 8 * 8 + (7 - bit % 8);
}

}  // namespace

std::optional<std::size_t> bytes_for(const Signal& signal) {
  const std::size_t first = signal.big_endian ? running(signal.start) : signal.start;
  const std::size_t end = first + signal.length;
  if (signal.length == 0 || end > 8 * kBytesMax) return std::nullopt;
  return (end + 7) / 8;
}

std::uint64_t unsigned_of(std::span<const std::uint8_t> bytes, const Signal& signal) {
  const auto needed = bytes_for(signal);
  CHECK(needed && *needed <= bytes.size());
  std::uint64_t value = 0;
  // The most significant bit first.
  for (std::size_t i = 0; i < signal.length; ++i) {
    const std::size_t bit = signal.big_endian ? running(running(signal.start) + i)
                                              : signal.start + (signal.length - 1U - i);
    value = (value << 1) | ((bytes[bit / 8] >> (bit % 8)) & 1U);
  }
  return value;
}

std::int64_t signed_of(std::span<const std::uint8_t> bytes, const Signal& signal) {
  const int unused = 64 - signal.length;
  return static_cast<std::int64_t>(unsigned_of(bytes, signal) << unused) >> unused;
}

double value_of(std::span<const std::uint8_t> bytes, const Signal& signal) {
  return signal.is_signed ? static_cast<double>(signed_of(bytes, signal))
                          : static_cast<double>(unsigned_of(bytes, signal));
}

}  // namespace sluice::hal::can
