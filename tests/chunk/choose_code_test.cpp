#include "chunk/choose_code.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

#include "tests/chunk/made_data.hpp"

#include <CppUTest/TestHarness.h>

using namespace sluice::chunk;

namespace {

using Column = std::vector<std::uint64_t>;

std::size_t bits_of(const Column& residuals) {
  return residual_bits(residuals, choose_code(residuals));
}

}  // namespace

TEST_GROUP(ChooseCode) {
  Made made{61};
};

TEST(ChooseCode, the_level_fits_a_few_residuals_best) {
  const Column residuals = {0, 900, 800, 1'000, 700};
  for (unsigned level = 0; level <= kLevelMax; ++level) {
    CHECK_TRUE(bits_of(residuals) <= residual_bits(residuals, {level}));
  }
}

TEST(ChooseCode, of_no_residuals_is_any) {
  CHECK_TRUE(choose_code({}).level <= kLevelMax);
}

TEST(ChooseCode, sparse_for_strays_among_zeros) {
  Column residuals(500, 0);
  for (int i = 0; i < 50; ++i) {
    residuals[static_cast<std::size_t>(made.below(500))] = made.bits() >> 40;
  }
  CHECK_TRUE(choose_code(residuals).sparse);
  CHECK_TRUE(2 * bits_of(residuals) < residual_bits(residuals, {level_of(residuals)}));
}

TEST(ChooseCode, not_sparse_where_what_is_not_zero_is_small) {
  Column residuals(500);
  for (std::uint64_t& residual : residuals) residual = made.below(4) == 0 ? 1 : 0;
  CHECK_FALSE(choose_code(residuals).sparse);
}

TEST(ChooseCode, not_sparse_where_little_is_zero) {
  Column residuals(500);
  for (std::uint64_t& residual : residuals) residual = made.bits() >> 40;
  CHECK_FALSE(choose_code(residuals).sparse);
}
