#include "chunk/residuals.hpp"

#include <cstdint>
#include <vector>

#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice;
using namespace sluice::chunk;

namespace {

using Column = std::vector<std::uint64_t>;

bool survive(const Column& residuals, ResidualCode code) {
  BitWriter out;
  append_residuals(out, residuals, code);
  const std::size_t bits = out.bits();
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Column back(residuals.size());
  take_residuals(in, back);
  return back == residuals && in.at_end() && bits == residual_bits(residuals, code);
}

std::size_t bits_of(const Column& residuals) {
  return residual_bits(residuals, {level_of(residuals)});
}

// A coin that falls on 1 in one of `n` throws gives 0; how often in a row it does not, the rest.
Column geometric(std::size_t count, std::int64_t n, std::uint64_t seed) {
  Made made(seed);
  Column residuals(count);
  for (std::uint64_t& residual : residuals) {
    while (made.below(n) != 0) ++residual;
  }
  return residuals;
}

}  // namespace

TEST_GROUP(Residuals){};

TEST(Residuals, give_back_every_size_from_every_level) {
  Made made(1);
  for (unsigned level = 0; level <= kLevelMax; ++level) {
    Column residuals;
    for (int i = 0; i < 300; ++i) residuals.push_back(made.bits() >> made.below(64));
    for (int i = 0; i < 300; ++i) residuals.push_back(made.bits() % (1 + i / 100));
    residuals.push_back(~std::uint64_t{0});
    CHECK_TRUE(survive(residuals, {level}));
    CHECK_TRUE(survive(residuals, {level, true}));
  }
}

TEST(Residuals, give_back_zeros_of_every_number) {
  for (std::size_t count = 0; count < 200; ++count) {
    Column residuals(count, 0);
    CHECK_TRUE(survive(residuals, {0}));
    CHECK_TRUE(survive(residuals, {0, true}));
    residuals.push_back(1);
    CHECK_TRUE(survive(residuals, {0}));
    CHECK_TRUE(survive(residuals, {0, true}));
  }
}

TEST(Residuals, a_geometric_source_costs_its_entropy_and_four_in_a_hundred) {
  // Entropies of a geometric source with a chance of 1/n, in bits.
  CHECK_TRUE(static_cast<double>(bits_of(geometric(10'000, 3, 2))) < 10'000 * 2.755 * 1.04);
  CHECK_TRUE(static_cast<double>(bits_of(geometric(10'000, 10, 3))) < 10'000 * 4.690 * 1.04);
  CHECK_TRUE(static_cast<double>(bits_of(geometric(1'000, 1000, 4))) < 1'000 * 11.408 * 1.06);
}

TEST(Residuals, a_rare_one_costs_little_more_than_its_place) {
  Column residuals(10'000, 0);
  for (std::size_t i = 100; i < residuals.size(); i += 100) residuals[i] = 1;
  // Its place among a hundred takes 6.6 bits; the adaptation a few more.
  CHECK_TRUE(bits_of(residuals) < 99 * 30);
}

TEST(Residuals, an_outlier_does_not_blunt_the_code_for_long) {
  Column residuals(1'000, 1);
  const std::size_t plain = bits_of(residuals);
  residuals[500] = std::uint64_t{1} << 40;
  CHECK_TRUE(bits_of(residuals) < plain + 150);
}

TEST(Residuals, a_source_that_changes_is_followed) {
  Column residuals = geometric(1'000, 2, 5);
  const Column louder = geometric(1'000, 500, 6);
  const std::size_t apart = bits_of(residuals) + bits_of(louder);
  residuals.insert(residuals.end(), louder.begin(), louder.end());
  CHECK_TRUE(bits_of(residuals) < apart + 700);
}

TEST(Residuals, strays_in_a_sparse_code_cost_little_more_than_themselves_and_their_places) {
  Made made(8);
  Column residuals(10'000, 0);
  for (std::size_t i = 20; i < residuals.size(); i += 100) {
    for (std::size_t j = 0; j < 3; ++j) residuals[i + j] = made.bits() >> 44;
  }
  const std::size_t bits = residual_bits(residuals, {9, true});
  CHECK_TRUE(bits < 300 * (20 + 8));
  CHECK_TRUE(bits < bits_of(residuals) / 2);
}

TEST(Residuals, of_52_bits_take_little_more_than_themselves) {
  Made made(9);
  Column residuals(1'000);
  for (std::uint64_t& residual : residuals) residual = made.bits() >> 12;
  CHECK_TRUE(bits_of(residuals) < 54 * 1'000);
}

TEST(Residuals, a_level_that_does_not_exist_is_an_overrun) {
  BitWriter out;
  out.put(7, 3);
  out.put(22, 5);
  for (int i = 0; i < 100; ++i) out.put(1, 1);
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Column residuals(10);
  take_residuals(in, residuals);
  CHECK_TRUE(in.overrun());
}

TEST(Residuals, what_wraps_around_to_zero_leaves_the_mean_of_a_sparse_code) {
  constexpr unsigned kWrapped = 20;
  BitWriter out;
  out.put(7, 3);
  out.put(31, 5);
  out.put(2, 3);  // a mean of 3, so a parameter of 1
  for (unsigned i = 0; i < kWrapped; ++i) {
    out.put(0, 1);  // a run of no zeros, broken
    out.put(0, i < 2 ? 2 - i : 0);
    out.put(0, 16);
    put_number(out, ~std::uint64_t{0}, kWide);
  }
  out.put(0, 1);
  out.put(0b110, 3);  // 3, and one more
  const Bytes bytes = out.take();
  BitReader in(bytes);
  Column residuals(kWrapped + 1);
  take_residuals(in, residuals);
  Column expected(kWrapped, 0);
  expected.push_back(4);
  CHECK_TRUE(residuals == expected);
  CHECK_TRUE(in.at_end());
}

TEST(Residuals, random_bits_take_little_more_than_themselves) {
  Made made(7);
  Column residuals(1'000);
  for (std::uint64_t& residual : residuals) residual = made.bits();
  CHECK_TRUE(bits_of(residuals) < 70 * 1'000);
}

TEST(Residuals, the_level_is_not_that_of_the_first_few) {
  Column residuals(100, 1);
  const unsigned level = level_of(residuals);
  for (std::size_t i = 0; i < 8; ++i) residuals[i] = 1'000'000;
  CHECK_TRUE(level_of(residuals) == level);
}

TEST(Residuals, of_no_bits_are_an_overrun) {
  BitReader in({});
  Column residuals(32'768);
  take_residuals(in, residuals);
  CHECK_TRUE(in.overrun());
}
