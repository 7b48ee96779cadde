#include "chunk/value_model.hpp"

#include <bit>
#include <optional>

#include "chunk/integer.hpp"

namespace sluice::chunk {
namespace {

constexpr unsigned kKindBits = 3;

// How a constant of a calibration is written: calibrations are decimals, or a decimal range over
// the steps of a converter, as 3.3 / 4095.
constexpr unsigned kDecimalConstant = 0;
constexpr unsigned kOverPower = 1;     // decimal / 2^bits
constexpr unsigned kOverLastStep = 2;  // decimal / (2^bits - 1)
constexpr unsigned kRawConstant = 3;
constexpr unsigned kConstantKindBits = 2;
constexpr unsigned kStepBitsMax = 31;
constexpr unsigned kStepBitsWidth = 5;
// More digits are not shorter than the double itself.
constexpr unsigned kConstantDigitsMax = 9;

double divisor_of(unsigned kind, unsigned bits) {
  const auto power = static_cast<double>(std::uint64_t{1} << bits);
  return kind == kOverLastStep ? power - 1.0 : power;
}

struct Constant {
  unsigned kind = kRawConstant;
  unsigned bits = 0;
  unsigned digits = 0;
  std::int64_t mantissa = 0;
};

std::uint64_t size(const Constant& constant) {
  return fold(constant.mantissa);
}

std::optional<Constant> as_fraction(double value, unsigned kind, unsigned bits) {
  const double divisor = divisor_of(kind, bits);
  const std::int64_t mantissa = to_nearest(value * divisor * kPowersOfTen[kConstantDigitsMax]);
  const double numerator = from_mantissa(mantissa, kConstantDigitsMax);
  if (!same_bits(numerator / divisor, value)) return std::nullopt;
  const unsigned digits = *decimal_scale(numerator);
  return Constant{kind, bits, digits, *to_mantissa(numerator, digits)};
}

// The first that is short, else the shortest that there is.
Constant constant_of(double value) {
  constexpr std::uint64_t kShort = 10'000;
  Constant best;
  const auto offer = [&](unsigned kind, unsigned bits) {
    const std::optional<Constant> found = as_fraction(value, kind, bits);
    if (!found || (best.kind != kRawConstant && size(*found) >= size(best))) return false;
    best = *found;
    return size(best) < kShort;
  };
  if (offer(kDecimalConstant, 0)) return best;
  for (unsigned bits = 1; bits <= kStepBitsMax; ++bits) {
    if (offer(kOverLastStep, bits) || offer(kOverPower, bits)) break;
  }
  return best;
}

template <typename Writer>
void put_constant(Writer& out, double value) {
  const Constant constant = constant_of(value);
  out.put(constant.kind, kConstantKindBits);
  if (constant.kind == kRawConstant) return out.put(std::bit_cast<std::uint64_t>(value), 64);
  if (constant.kind != kDecimalConstant) out.put(constant.bits, kStepBitsWidth);
  put_number(out, constant.digits, 0);
  put_number(out, fold(constant.mantissa), 2);
}

double take_constant(BitReader& in) {
  const auto kind = static_cast<unsigned>(in.take(kConstantKindBits));
  if (kind == kRawConstant) return std::bit_cast<double>(in.take(64));
  const auto bits = static_cast<unsigned>(kind == kDecimalConstant ? 0 : in.take(kStepBitsWidth));
  const std::uint64_t digits = take_number(in, 0);
  const std::int64_t mantissa = unfold(take_number(in, 2));
  if (digits > kScaleMax || !is_mantissa(mantissa) || (bits == 0 && kind == kOverLastStep)) {
    in.fail();
    return 0.0;
  }
  return from_mantissa(mantissa, static_cast<unsigned>(digits)) / divisor_of(kind, bits);
}

template <typename Writer>
void put_model(Writer& out, const ValueModel& model) {
  out.put(static_cast<std::uint64_t>(model.kind), kKindBits);
  switch (model.kind) {
    case FormKind::kDecimal:
    case FormKind::kFloatDecimal:
      return put_number(out, model.digits, 0);
    case FormKind::kCalibrated:
      put_number(out, model.digits, 0);
      put_constant(out, model.hint.scale);
      out.put(same_bits(model.hint.offset, 0.0) ? 0 : 1, 1);
      if (!same_bits(model.hint.offset, 0.0)) put_constant(out, model.hint.offset);
      return;
    case FormKind::kBinary:
      return put_number(out, fold(model.exponent), kWide);
    case FormKind::kDictionary:
      put_number(out, model.dictionary.size() - 1, kWide);
      for (const double value : model.dictionary) {
        out.put(std::bit_cast<std::uint64_t>(value), 64);
      }
      return;
    case FormKind::kOrdered:
      return;
  }
}

}  // namespace

void append_model(BitWriter& out, const ValueModel& model) {
  put_model(out, model);
}

std::size_t model_bits(const ValueModel& model) {
  BitCounter counter;
  put_model(counter, model);
  return counter.bits();
}

ValueModel take_model(BitReader& in) {
  ValueModel model;
  const std::uint64_t kind = in.take(kKindBits);
  if (kind >= kFormKindCount) in.fail();
  if (in.overrun()) return model;
  model.kind = static_cast<FormKind>(kind);
  if (model.kind <= FormKind::kFloatDecimal) {
    const std::uint64_t digits = take_number(in, 0);
    if (digits > kScaleMax) in.fail();
    model.digits = static_cast<unsigned>(digits);
  }
  if (model.kind == FormKind::kCalibrated) {
    model.hint.scale = take_constant(in);
    if (in.take_flag()) model.hint.offset = take_constant(in);
  } else if (model.kind == FormKind::kBinary) {
    const std::int64_t exponent = unfold(take_number(in, kWide));
    if (exponent < -Binary::kExponentMax || exponent > Binary::kExponentMax) {
      in.fail();
    } else {
      model.exponent = static_cast<int>(exponent);
    }
  } else if (model.kind == FormKind::kDictionary) {
    const std::uint64_t more = take_number(in, kWide);
    if (more >= kDictionaryMax) in.fail();
    for (std::uint64_t i = 0; i <= more && !in.overrun(); ++i) {
      model.dictionary.push_back(std::bit_cast<double>(in.take(64)));
    }
  }
  return model;
}

}  // namespace sluice::chunk
