#include "chunk/value_model.hpp"

#include <cmath>
#include <cstddef>
#include <cstdint>
#include <limits>

#include "chunk/integer.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

ValueModel give_back(const ValueModel& model) {
  BitWriter out;
  append_model(out, model);
  CHECK_TRUE(out.bits() == model_bits(model));
  const Bytes bytes = out.take();
  BitReader in(bytes);
  ValueModel back = take_model(in);
  CHECK_TRUE(in.at_end());
  return back;
}

bool keeps(const ValueHint& hint) {
  const ValueModel back = give_back({.kind = FormKind::kCalibrated, .digits = 1, .hint = hint});
  return back.kind == FormKind::kCalibrated && back.digits == 1 &&
         same_bits(back.hint.scale, hint.scale) && same_bits(back.hint.offset, hint.offset);
}

std::size_t hint_bits(const ValueHint& hint) {
  return model_bits({.kind = FormKind::kCalibrated, .hint = hint});
}

template <typename Put>
bool is_refused(Put put) {
  BitWriter out;
  put(out);
  out.put(0, 64);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  take_model(in);
  return in.overrun();
}

constexpr unsigned number_of(FormKind kind) {
  return static_cast<unsigned>(kind);
}

}  // namespace

TEST_GROUP(ValueModel){};

TEST(ValueModel, keeps_digits_and_exponents) {
  for (unsigned digits = 0; digits <= kScaleMax; ++digits) {
    CHECK_TRUE(give_back({.kind = FormKind::kDecimal, .digits = digits}).digits == digits);
    CHECK_TRUE(give_back({.kind = FormKind::kFloatDecimal, .digits = digits}).digits == digits);
  }
  for (const int exponent : {-Binary::kExponentMax, -24, 0, 3, Binary::kExponentMax}) {
    CHECK_TRUE(give_back({.kind = FormKind::kBinary, .exponent = exponent}).exponent == exponent);
  }
}

TEST(ValueModel, keeps_a_dictionary) {
  ValueModel model{.kind = FormKind::kDictionary};
  for (std::size_t i = 0; i < kDictionaryMax; ++i) {
    model.dictionary.push_back(static_cast<double>(i) / 7);
    CHECK_TRUE(give_back(model).dictionary == model.dictionary);
  }
}

TEST(ValueModel, keeps_any_calibration) {
  using Limits = std::numeric_limits<double>;
  CHECK_TRUE(keeps({3.3 / 4095, 0.0}));
  CHECK_TRUE(keeps({1.8, 32.0}));
  CHECK_TRUE(keeps({-0.0625, -0.0}));
  CHECK_TRUE(keeps({1.0 / 3.0, 273.15}));
  CHECK_TRUE(keeps({Limits::denorm_min(), Limits::max()}));
  CHECK_TRUE(keeps({Limits::quiet_NaN(), -Limits::infinity()}));
}

TEST(ValueModel, a_calibration_as_people_give_it_is_short) {
  CHECK_TRUE(hint_bits({3.3 / 4095, 0.0}) <= 28);
  CHECK_TRUE(hint_bits({2.5 / 65536, 0.0}) <= 40);
  CHECK_TRUE(hint_bits({1.8, 32.0}) <= 32);
  CHECK_TRUE(hint_bits({1.0 / 3.0 + 1e-16, 0.0}) > 64);
}

TEST(ValueModel, what_is_out_of_range_is_refused) {
  CHECK_TRUE(is_refused([](BitWriter& out) { out.put(kFormKindCount, 3); }));
  CHECK_TRUE(is_refused([](BitWriter& out) {
    out.put(number_of(FormKind::kDecimal), 3);
    put_number(out, kScaleMax + 1, 0);
  }));
  CHECK_TRUE(is_refused([](BitWriter& out) {
    out.put(number_of(FormKind::kBinary), 3);
    put_number(out, fold(Binary::kExponentMax + 1), kWide);
  }));
  CHECK_TRUE(is_refused([](BitWriter& out) {
    out.put(number_of(FormKind::kDictionary), 3);
    put_number(out, kDictionaryMax, kWide);
  }));
}

TEST(ValueModel, a_constant_of_no_number_is_refused) {
  // A decimal over 2^0 - 1.
  CHECK_TRUE(is_refused([](BitWriter& out) {
    out.put(number_of(FormKind::kCalibrated), 3);
    put_number(out, 0, 0);
    out.put(2, 2);
    out.put(0, 5);
  }));
  // A mantissa of more than 51 bits.
  CHECK_TRUE(is_refused([](BitWriter& out) {
    out.put(number_of(FormKind::kCalibrated), 3);
    put_number(out, 0, 0);
    out.put(0, 2);
    put_number(out, 0, 0);
    put_number(out, fold(kMantissaMax + 1), 2);
  }));
}
