#pragma once
// Forms: ways to see doubles as integers. A double has a form only if the integer gives back its
// very bits, so -0.0, NaN and the infinities only have those forms that know nothing of numbers.
//
//   std::int64_t integer(double) const;   a candidate: it holds if value() of it has the same bits
//   double value(std::int64_t) const;     REQUIRES: is_mantissa()
//
// All arithmetic is on doubles that are rounded once per operation, in this order: every machine
// gives the same bits.

#include <bit>
#include <cstdint>

#include "chunk/decimal.hpp"

namespace sluice::chunk {

// What a channel declares of its values: value = raw * scale + offset. Scale 0: nothing.
struct ValueHint {
  double scale = 0.0;
  double offset = 0.0;
};

// Digits of a decimal: 21.53 is 2153 / 10^2.
class Decimal {
 public:
  explicit Decimal(unsigned digits) : power_(kPowersOfTen[digits]) {}
  std::int64_t integer(double value) const { return to_nearest(value * power_); }
  double value(std::int64_t integer) const { return to_double(integer) / power_; }

 private:
  double power_;
};

// A decimal that went through a calibration.
class Calibrated {
 public:
  Calibrated(unsigned digits, const ValueHint& hint) : power_(kPowersOfTen[digits]), hint_(hint) {}
  std::int64_t integer(double value) const {
    return to_nearest((value - hint_.offset) / hint_.scale * power_);
  }
  double value(std::int64_t integer) const {
    return to_double(integer) / power_ * hint_.scale + hint_.offset;
  }

 private:
  double power_;
  ValueHint hint_;
};

// A decimal that went through a 32-bit float, as registers of meters hold it.
class FloatDecimal {
 public:
  explicit FloatDecimal(unsigned digits) : power_(kPowersOfTen[digits]) {}
  std::int64_t integer(double value) const { return to_nearest(value * power_); }
  double value(std::int64_t integer) const {
    return static_cast<double>(static_cast<float>(to_double(integer) / power_));
  }

 private:
  double power_;
};

// A multiple of a power of two: 32-bit floats, and what was divided by 4096.
class Binary {
 public:
  static constexpr int kExponentMax = 511;  // 2^exponent and its inverse are normal doubles
  explicit Binary(int exponent)
      : unit_(power_of_two(exponent)), inverse_(power_of_two(-exponent)) {}
  std::int64_t integer(double value) const { return to_nearest(value * inverse_); }
  double value(std::int64_t integer) const { return to_double(integer) * unit_; }

 private:
  static constexpr double power_of_two(int exponent) {
    return std::bit_cast<double>(static_cast<std::uint64_t>(exponent + 1023) << 52);
  }
  double unit_;
  double inverse_;
};

// The bits themselves, in an order in which greater doubles are greater integers. Any double has
// this form, and neighbours stay neighbours.
constexpr std::int64_t ordered(double value) {
  const auto bits = std::bit_cast<std::int64_t>(value);
  return bits ^ ((bits >> 63) & std::int64_t{0x7FFF'FFFF'FFFF'FFFF});
}
constexpr double unordered(std::int64_t integer) {
  return std::bit_cast<double>(integer ^ ((integer >> 63) & std::int64_t{0x7FFF'FFFF'FFFF'FFFF}));
}

}  // namespace sluice::chunk
