#include "chunk/integer_column.hpp"

#include <cstdint>
#include <initializer_list>
#include <limits>
#include <vector>

#include "chunk/prediction.hpp"
#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Column = std::vector<std::int64_t>;

std::size_t bits_of(const Column& integers) {
  BitWriter out;
  append_integers(out, integers);
  return out.bits();
}

bool survives(const Column& integers) {
  BitWriter out;
  append_integers(out, integers);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Column back(integers.size());
  if (!back.empty()) back.front() = integers.front();
  take_integers(in, back);
  return back == integers && in.at_end();
}

bool is_refused(std::initializer_list<std::uint64_t> kinds) {
  BitWriter out;
  for (const std::uint64_t kind : kinds) {
    put_number(out, kind, 1);
    if (kind == static_cast<std::uint64_t>(Kind::kDivided)) put_scaled(out, 10);
  }
  out.put(0, 64);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Column back(3);
  take_integers(in, back);
  return in.overrun();
}

}  // namespace

TEST_GROUP(IntegerColumn) {
  Made made{21};
};

TEST(IntegerColumn, none_and_one_take_nothing) {
  CHECK_TRUE(bits_of({}) == 0);
  CHECK_TRUE(bits_of({12'345}) == 0);
  CHECK_TRUE(survives({}));
  CHECK_TRUE(survives({12'345}));
}

TEST(IntegerColumn, a_constant_takes_two_bits) {
  CHECK_TRUE(bits_of(Column(30'000, 12'345)) == 2);
  CHECK_TRUE(survives(Column(30'000, 12'345)));
}

TEST(IntegerColumn, gives_back_the_extremes) {
  using Limits = std::numeric_limits<std::int64_t>;
  CHECK_TRUE(survives({Limits::min(), Limits::max()}));
  CHECK_TRUE(survives({Limits::max(), Limits::min(), 0, -1, 1}));
  CHECK_TRUE(survives({0, Limits::min()}));
  CHECK_TRUE(survives({0, Limits::min(), 0, Limits::min(), Limits::min()}));
}

TEST(IntegerColumn, gives_back_random_columns) {
  for (int round = 0; round < 300; ++round) {
    const auto shift = static_cast<unsigned>(made.below(64));
    const auto count = static_cast<std::size_t>(made.below(round < 280 ? 60 : 2'000));
    const std::int64_t divisor = 1 + made.below(3) * made.below(1'000);
    std::int64_t sum = 0;
    const Column integers = Made::column(count, [&](auto) {
      const auto one = static_cast<std::int64_t>(made.bits() >> shift);
      sum = wrapping_sum(sum, one);
      return wrapping_product(divisor, round % 2 == 0 ? one : sum);
    });
    CHECK_TRUE(survives(integers));
  }
}

TEST(IntegerColumn, a_common_divisor_is_said_once) {
  const Column small = Made::column(500, [&](auto) { return made.noise(30); });
  Column large;
  for (const std::int64_t integer : small) large.push_back(integer * 48'000 + 11);
  CHECK_TRUE(bits_of(large) <= bits_of(small) + 24);
  CHECK_TRUE(survives(large));
}

TEST(IntegerColumn, one_that_does_not_fit_the_divisor_is_no_harm) {
  Column integers(500, 48'000);
  integers[77] = 1;
  CHECK_TRUE(survives(integers));
}

TEST(IntegerColumn, a_round_number_is_short) {
  const auto scaled_bits = [](std::uint64_t value) {
    BitWriter out;
    put_scaled(out, value);
    return out.bits();
  };
  CHECK_TRUE(scaled_bits(0) == 4);
  CHECK_TRUE(scaled_bits(1'000'000'000) < 12);
  CHECK_TRUE(scaled_bits(1'000'000'001) > 40);
}

TEST(IntegerColumn, gives_back_scaled_numbers) {
  for (const std::uint64_t value : {std::uint64_t{0}, std::uint64_t{1}, std::uint64_t{900},
                                    10'000'000'000'000'000'000U, ~std::uint64_t{0}}) {
    BitWriter out;
    put_scaled(out, value);
    const Bytes bytes = out.take();
    BitReader in(bytes);
    CHECK_TRUE(take_scaled(in) == value);
    CHECK_TRUE(in.at_end());
  }
}

TEST(IntegerColumn, more_zeros_than_a_number_has_fail) {
  BitWriter out;
  put_number(out, 20, 1);
  put_number(out, 1, 1);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  take_scaled(in);
  CHECK_TRUE(in.overrun());
}

TEST(IntegerColumn, an_unknown_kind_is_refused) {
  CHECK_TRUE(is_refused({17}));
  CHECK_FALSE(is_refused({static_cast<std::uint64_t>(Kind::kConstant)}));
}

TEST(IntegerColumn, is_divided_once_at_most) {
  const auto divided = static_cast<std::uint64_t>(Kind::kDivided);
  CHECK_TRUE(is_refused({divided, divided}));
}

TEST(IntegerColumn, a_level_that_does_not_exist_is_refused) {
  BitWriter out;
  put_kind(out, Kind::kLast);
  out.put(7, 3);
  out.put(31, 5);
  out.put(~std::uint64_t{0}, 64);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Column back(3);
  take_integers(in, back);
  CHECK_TRUE(in.overrun());
}
