#pragma once
// The sum of doubles without rounding, so that it is the same for every order and every way of
// cutting it into parts: windows of a stream, of stored data and of a replay agree to the last bit.
// After Radford Neal, "Fast exact summation using small and large superaccumulators" (2015): a
// number of 67 digits in base 2^32, whose digits may run over for a while.

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <type_traits>

namespace sluice {

class ExactSum {
 public:
  // REQUIRES: a finite value.
  void add(double value);
  void add(const ExactSum& other);
  // REQUIRES: factor < 2^31.
  void multiply(std::uint32_t factor);

  // The nearest double, ties to even; infinite beyond the largest.
  double rounded() const;
  // The same and what it leaves over, for about 106 bits together; 0 is left of what is infinite.
  struct Split {
    double high = 0.0;
    double low = 0.0;
  };
  Split split() const;

  // The number as it is kept elsewhere: digit i is of 2^(32 i - 1074). All are below 2^32, and none
  // is negative but the last, which has the sign of the whole and 32 bits with it.
  static constexpr std::size_t kDigits = 67;
  using Digits = std::array<std::int64_t, kDigits>;
  Digits digits() const;
  // Nothing when they are not of that form.
  static std::optional<ExactSum> from(const Digits& digits);

  // Of the value, whatever it was added up from.
  bool operator==(const ExactSum& other) const;

 private:
  // The unit of the lowest digit is that of the smallest double, 2^-1074. The largest double ends
  // in digit 65; the one above has room for 2^31 of those.
  // Each adds less than 2^32 to a digit, which has room for 2^63: also for two sums of as many.
  static constexpr std::uint32_t kAdditionsMax = 0x3FFF'FFFF;

  // Brings every digit but the last into [0, 2^32); the last one has the sign.
  void carry();

  Digits digits_{};
  std::uint32_t additions_ = 0;  // since the last carry, which counts as one
};
static_assert(std::is_trivially_copyable_v<ExactSum>);

}  // namespace sluice
