#include <bit>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <vector>

#include "chunk/bits.hpp"
#include "chunk/value_column.hpp"
#include "chunk/value_model.hpp"
#include "tests/chunk/gives_back.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

// Every form has to earn its place: on values made for it, it is chosen, and the bits themselves
// would take several times as much.

namespace {

std::size_t bits_of(const Mapped& mapped) {
  BitWriter out;
  append_exceptions(out, mapped.exceptions);
  append_values(out, mapped);
  return out.bits();
}

std::size_t ordered_bits(const std::vector<double>& values) {
  Mapped mapped{{.kind = FormKind::kOrdered}, {}, {}};
  for (const double value : values) mapped.integers.push_back(ordered(value));
  return bits_of(mapped);
}

}  // namespace

TEST_GROUP(ChooseModel) {
  Made made{51};

  template <typename Next>
  static std::vector<double> values_of(Next next) {
    std::vector<double> values;
    for (int i = 0; i < 500; ++i) values.push_back(next(i));
    return values;
  }

  // Chosen, given back, and `times` shorter than bits in order.
  bool earns(FormKind kind, std::size_t times, const std::vector<double>& values,
             const ValueHint& hint = {}) {
    const Mapped mapped = choose_model(values, hint);
    return mapped.model.kind == kind && gives_back(mapped, values) &&
           bits_of(mapped) * times < ordered_bits(values);
  }
};

TEST(ChooseModel, decimals_for_what_people_write) {
  CHECK_TRUE(earns(FormKind::kDecimal, 8, values_of([&](int) {
                     return static_cast<double>(2'150 + made.noise(5)) / 100;
                   })));
  CHECK_TRUE(earns(FormKind::kDecimal, 3,
                   values_of([&](int) { return static_cast<double>(made.noise(20'000)) / 1e12; })));
}

TEST(ChooseModel, a_declared_calibration) {
  const ValueHint hint{1.8, 32.0};
  CHECK_TRUE(earns(FormKind::kCalibrated, 6, values_of([&](int) {
                     return static_cast<double>(215 + made.noise(9)) / 10 * 1.8 + 32.0;
                   }),
                   hint));
}

TEST(ChooseModel, the_step_of_a_converter_that_nobody_declared) {
  CHECK_TRUE(earns(FormKind::kCalibrated, 8, values_of([&](int) {
                     return static_cast<double>(1'200 + made.noise(3)) * (3.3 / 4095);
                   })));
}

TEST(ChooseModel, decimals_that_were_floats) {
  CHECK_TRUE(earns(FormKind::kFloatDecimal, 4, values_of([&](int) {
                     return static_cast<double>(static_cast<float>(650 + made.noise(4)) / 10.0F);
                   })));
}

TEST(ChooseModel, multiples_of_a_power_of_two) {
  // Across several binades, where equal steps of a value are not equal steps of its bits.
  CHECK_TRUE(earns(FormKind::kBinary, 2, values_of([&](int) {
                     return static_cast<double>(made.noise(2'000)) / 1'048'576;
                   })));
}

TEST(ChooseModel, a_dictionary_for_a_few_odd_values) {
  constexpr double kStates[] = {0.12345678901234567, 99.87654321012345, 1013.2512345678901,
                                -4.5123456789012e-7};
  CHECK_TRUE(
      earns(FormKind::kDictionary, 10, values_of([&](int) { return kStates[made.below(4)]; })));
}

TEST(ChooseModel, bits_in_order_for_what_has_no_form) {
  const std::vector<double> values = values_of([&](int) {
    return std::bit_cast<double>((std::uint64_t{0x4035} << 48) | made.bits() >> 16);
  });
  const Mapped mapped = choose_model(values, {});
  CHECK_TRUE(mapped.model.kind == FormKind::kOrdered);
  CHECK_TRUE(gives_back(mapped, values));
  // Sixteen bits are the same in all.
  CHECK_TRUE(bits_of(mapped) < 500 * 52);
}

TEST(ChooseModel, nothing_grows_much_beyond_eight_bytes) {
  const std::vector<double> values =
      values_of([&](int) { return std::bit_cast<double>(made.bits()); });
  const Mapped mapped = choose_model(values, {});
  CHECK_TRUE(gives_back(mapped, values));
  CHECK_TRUE(bits_of(mapped) < 500 * 70);
}

TEST(ChooseModel, a_wrong_hint_does_no_harm) {
  const std::vector<double> values =
      values_of([&](int) { return static_cast<double>(2'150 + made.noise(5)) / 100; });
  using Limits = std::numeric_limits<double>;
  for (const ValueHint hint :
       {ValueHint{0.37, 5.0}, ValueHint{Limits::quiet_NaN(), 0.0}, ValueHint{5e-324, 0.0},
        ValueHint{1.0, Limits::infinity()}, ValueHint{Limits::max(), Limits::lowest()}}) {
    CHECK_TRUE(bits_of(choose_model(values, hint)) <= bits_of(choose_model(values, {})));
  }
}

TEST(ChooseModel, specials_do_not_spoil_the_form_of_the_others) {
  std::vector<double> values =
      values_of([&](int) { return static_cast<double>(2'150 + made.noise(5)) / 100; });
  const std::size_t plain = bits_of(choose_model(values, {}));
  values[0] = std::numeric_limits<double>::quiet_NaN();
  values[99] = -0.0;
  values[250] = std::numeric_limits<double>::infinity();
  const Mapped mapped = choose_model(values, {});
  CHECK_TRUE(mapped.model.kind == FormKind::kDecimal);
  CHECK_TRUE(gives_back(mapped, values));
  CHECK_TRUE(bits_of(mapped) < plain + 3 * 24);
}

TEST(ChooseModel, nothing_but_specials_is_nearly_nothing) {
  const std::vector<double> values(500, std::numeric_limits<double>::quiet_NaN());
  const Mapped mapped = choose_model(values, {});
  CHECK_TRUE(gives_back(mapped, values));
  CHECK_TRUE(bits_of(mapped) < 40);
}

TEST(ChooseModel, the_choice_is_made_anew_for_each_chunk) {
  std::vector<double> values(100, 0.25);
  CHECK_TRUE(choose_model(values, {}).model.kind == FormKind::kDecimal);
  for (double& value : values) value = std::bit_cast<double>(made.bits());
  CHECK_TRUE(choose_model(values, {}).model.kind == FormKind::kOrdered);
}
