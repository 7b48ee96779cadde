#include "chunk/value_column.hpp"

#include <bit>
#include <cstdint>
#include <limits>
#include <vector>

#include "chunk/integer.hpp"
#include "chunk/integer_column.hpp"
#include "tests/chunk/gives_back.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

bool survive(const std::vector<double>& values, const ValueHint& hint = {}) {
  return gives_back(choose_model(values, hint), values);
}

// Whether `model` refuses one value that is this integer.
bool is_refused(const ValueModel& model, std::int64_t integer) {
  BitWriter out;
  append_model(out, model);
  put_number(out, fold(integer), kWide);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  std::vector<double> back(1);
  take_values(in, back, {});
  return in.overrun();
}

double random_value(Made& made) {
  using Limits = std::numeric_limits<double>;
  switch (made.below(8)) {
    case 0:
      return std::bit_cast<double>(made.bits());
    case 1:
      return std::bit_cast<double>(0x7FF8'0000'0000'0000U | (made.bits() >> 13));  // NaN's payload
    case 2:
      return -0.0;
    case 3:
      return made.below(2) == 0 ? Limits::infinity() : -Limits::infinity();
    case 4:
      return std::bit_cast<double>(made.bits() >> 13);  // denormal and tiny
    default:
      return static_cast<double>(made.below(100'000)) / 100.0;
  }
}

}  // namespace

TEST_GROUP(ValueColumn){};

TEST(ValueColumn, exceptions_lie_where_they_were) {
  using Limits = std::numeric_limits<double>;
  CHECK_TRUE(survive({Limits::quiet_NaN(), 1.5, -0.0, -0.0, 2.5, Limits::infinity()}));
  CHECK_TRUE(survive({1.5, Limits::quiet_NaN(), 2.5}));
}

TEST(ValueColumn, one_value_of_any_kind_survives) {
  using Limits = std::numeric_limits<double>;
  for (const double value :
       {0.0, -0.0, 1.0, 0.1, 9007199254740993.0, Limits::infinity(), Limits::quiet_NaN(),
        Limits::signaling_NaN(), Limits::denorm_min(), Limits::max(), Limits::lowest()}) {
    CHECK_TRUE(survive({value}));
  }
}

TEST(ValueColumn, random_values_survive) {
  Made made(61);
  for (int round = 0; round < 400; ++round) {
    std::vector<double> values;
    const std::int64_t odd = 1 + made.below(30);
    const auto count = static_cast<std::size_t>(1 + made.below(90));
    while (values.size() < count) {
      values.push_back(made.below(odd) == 0 ? random_value(made)
                                            : static_cast<double>(made.noise(90)) * 0.3);
    }
    CHECK_TRUE(survive(values, {round % 2 == 0 ? 0.3 : 0.0, 0.0}));
  }
}

TEST(ValueColumn, an_integer_beyond_the_mantissas_is_refused) {
  CHECK_FALSE(is_refused({.kind = FormKind::kDecimal}, kMantissaMax));
  CHECK_TRUE(is_refused({.kind = FormKind::kDecimal}, kMantissaMax + 1));
  CHECK_TRUE(is_refused({.kind = FormKind::kCalibrated, .hint = {2.0, 0.0}}, -kMantissaMax - 1));
  CHECK_TRUE(is_refused({.kind = FormKind::kFloatDecimal}, kMantissaMax + 1));
  CHECK_TRUE(is_refused({.kind = FormKind::kBinary}, kMantissaMax + 1));
}

TEST(ValueColumn, a_place_outside_the_dictionary_is_refused) {
  const ValueModel model{.kind = FormKind::kDictionary, .dictionary = {1.0, 2.0}};
  CHECK_FALSE(is_refused(model, 1));
  CHECK_TRUE(is_refused(model, 2));
  CHECK_TRUE(is_refused(model, -1));
}
